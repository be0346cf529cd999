"""What terms may ask of an order beside its amount: what it refunds, where, by which coupon, with which taxes and fees."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from campaigns.domain.lines import NO_DETAILS, LineDetails

REPORTED: Final = ("tax", "payment_fee", "shipping", "discount", "cost_of_goods", "other")


@dataclass(frozen=True, slots=True, kw_only=True)
class OrderDetails:
    """Everything is optional; what is not known stays empty. `reported` is by kind of deduction, in minor units.

    `refund_of` names the order that a refund or chargeback takes back; `placement` where the person was led from. `parent_order`
    is the number under which the shop sold what it then split, `invalid_reason` why it calls the order invalid
    (`campaigns.domain.invalid`), `returned_quantity` how many units came back: these are shown, and decide nothing.
    """

    refund_of: str = ""
    country: str = ""
    coupon: str = ""
    placement: str = ""
    reported: tuple[tuple[str, int], ...] = ()
    parent_order: str = ""
    invalid_reason: str = ""
    returned_quantity: int = 0

    def said(self) -> Iterator[tuple[str, str]]:
        """What is known, for the content hash, in one order."""
        for name in ("refund_of", "country", "coupon", "placement", "parent_order", "invalid_reason"):
            if value := getattr(self, name):
                yield name, value
        if self.returned_quantity:
            yield "returned_quantity", str(self.returned_quantity)
        yield from ((kind, str(amount)) for kind, amount in self.reported)


NO_ORDER_DETAILS: Final = OrderDetails()


def details_of(lines: Sequence[LineDetails]) -> OrderDetails:
    """The details of an order's lines: the first that says something counts, taxes and fees are summed."""
    said = [line for line in lines if line is not NO_DETAILS]
    if not said:
        return NO_ORDER_DETAILS

    def first(name: str) -> str:
        return next((value for line in said if (value := getattr(line, name))), "")

    sums = {"tax": sum(line.tax_minor for line in said), "payment_fee": sum(line.payment_fee_minor for line in said)}
    return OrderDetails(
        refund_of=first("refund_of"),
        country=first("country"),
        coupon=first("coupon"),
        reported=tuple((kind, amount) for kind, amount in sums.items() if amount),
        parent_order=first("parent_order"),
        invalid_reason=first("invalid_reason"),
        returned_quantity=sum(line.returned for line in said),
    )
