"""What other apps and pages may ask of campaigns."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from math import ceil
from typing import Final
from uuid import UUID

from django.db.models import Min

from alliance.kernel.arrays import one_of, one_of_texts
from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import JobState
from campaigns.domain.persons import person_key
from campaigns.models import Conversion, ConversionDetail, ConversionKind, InvalidReason, OrderImport, OrderLine

# What conversions are, with their words.
CONVERSION_KINDS: Final = tuple((kind.value, kind.label) for kind in ConversionKind)


# Why shops call orders invalid, with their words.
INVALID_REASON_WORDS: Final = tuple((reason.value, reason.label) for reason in InvalidReason)


@dataclass(frozen=True, slots=True)
class ConversionFact:
    """One conversion as settlements needs it. `amount_minor` is signed: refunds are negative.

    `partner_id` is None when no partner of the alliance has the code of the file; `agreement_id` is
    None when no agreement (or more than one) was in force at `occurred_at`.
    """

    id: UUID
    alliance_id: UUID
    host_id: UUID
    partner_id: UUID | None
    agreement_id: UUID | None
    kind: str
    reference: str
    occurred_at: datetime
    currency: str
    amount_minor: int
    order_id: UUID | None
    quantity: int = 1
    original_id: UUID | None = None
    match_issue: str = ""


@dataclass(frozen=True, slots=True)
class ConversionCircumstances:
    """What terms may ask of a conversion beside its amount. `reported` is by kind of deduction, in minor units."""

    person: str = ""
    country: str = ""
    coupon: str = ""
    placement: str = ""
    reported: Mapping[str, int] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class SoldItem:
    """What an order holds of one item: the shop's code, units (at least one) and amount, signed as the order."""

    item: str
    quantity: int
    amount_minor: int


_COLUMNS = (
    "id",
    "alliance_id",
    "host_id",
    "partner_id",
    "agreement_id",
    "kind",
    "reference",
    "occurred_at",
    "currency",
    "amount_minor",
    "order_id",
    "quantity",
    "original_id",
    "match_issue",
)


def conversion_facts(ids: Iterable[UUID | str]) -> list[ConversionFact]:
    """The conversions of `ids` that the open scope may see, in order of time, then id. One query."""
    rows = Conversion.objects.filter(id__in=one_of(ids)).order_by("occurred_at", "id").values_list(*_COLUMNS)
    return [ConversionFact(*row) for row in rows]


def conversion_fact(conversion_id: UUID) -> ConversionFact:
    """One conversion; raises `NotFoundError` when there is none or it is somebody else's."""
    facts: Sequence[ConversionFact] = conversion_facts([conversion_id])
    if not facts:
        raise NotFoundError
    return facts[0]


@dataclass(frozen=True, slots=True)
class ShopWords:
    """What the shop says of an order beside its amount; `reason` is why it calls it invalid, in words."""

    parent_reference: str
    invalid_reason: str
    returned_quantity: int

    @property
    def reason(self) -> str:
        """The reason in the language of the page."""
        return str(InvalidReason(self.invalid_reason).label) if self.invalid_reason else ""


def shop_words(conversion_id: UUID) -> ShopWords | None:
    """Those of one conversion; `None` where the scope does not see it, though it may share in it."""
    columns = ("parent_reference", "invalid_reason", "returned_quantity")
    found = Conversion.objects.filter(pk=conversion_id).values_list(*columns).first()
    return ShopWords(*found) if found else None


def conversion_circumstances(ids: Iterable[UUID]) -> dict[UUID, ConversionCircumstances]:
    """The circumstances of the host's own conversions, as far as any are known. Two queries."""
    wanted = list(ids)
    details = ConversionDetail.objects.filter(conversion_id__in=one_of(wanted))
    found = {
        detail.conversion_id: ConversionCircumstances(
            detail.person, detail.country, detail.coupon, detail.placement, detail.reported
        )
        for detail in details
    }
    buyers = Conversion.objects.filter(id__in=one_of(wanted), order__isnull=False).exclude(order__customer="")
    for conversion_id, host_id, customer in buyers.values_list("id", "host_id", "order__customer"):
        known = found.get(conversion_id, ConversionCircumstances())
        found[conversion_id] = replace(known, person=person_key(host_id, customer))
    return found


def first_sales(ids: Iterable[UUID]) -> dict[tuple[UUID, str], datetime]:
    """When the customers of the host's own conversions first bought, by agreement and person. Two queries."""
    asking = Conversion.objects.filter(id__in=one_of(ids), agreement__isnull=False, order__isnull=False)
    buyers = set(asking.exclude(order__customer="").values_list("host_id", "agreement_id", "order__customer"))
    sales = Conversion.objects.filter(
        kind=ConversionKind.SALE,
        order__organization_id__in={host_id for host_id, _, _ in buyers},
        order__customer__in=one_of_texts({customer for _, _, customer in buyers}),
        agreement_id__in={agreement_id for _, agreement_id, _ in buyers},
    ).order_by()
    found = sales.values_list("host_id", "agreement_id", "order__customer").annotate(first_at=Min("occurred_at"))
    return {
        (agreement_id, person_key(host_id, customer)): first_at
        for host_id, agreement_id, customer, first_at in found
        if agreement_id is not None
    }


def sold_items(order_ids: Iterable[UUID]) -> dict[UUID, list[SoldItem]]:
    """What each of the host's own orders holds, by item, in the order of the items' codes. One query."""
    lines = OrderLine.objects.filter(order_id__in=one_of(order_ids)).order_by("order_id", "item", "position")
    found: dict[UUID, list[SoldItem]] = {}
    for order_id, item, quantity, amount in lines.values_list("order_id", "item", "quantity", "amount_minor"):
        units, sold = max(1, ceil(abs(quantity))), found.setdefault(order_id, [])
        if sold and sold[-1].item == item:
            sold[-1] = SoldItem(item, sold[-1].quantity + units, sold[-1].amount_minor + amount)
        else:
            sold.append(SoldItem(item, units, amount))
    return found


def unfinished_imports() -> int:
    """How many order imports of the scope's organization wait or run."""
    return OrderImport.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING]).count()
