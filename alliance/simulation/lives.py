"""What happens under one agreement: orders, refunds of all kinds, late ones, doubled ones. Pure; a seed decides all of it."""

from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from random import Random
from typing import Final

from alliance.simulation.terms import CURRENCY
from campaigns.domain.details import OrderDetails
from campaigns.domain.lines import ParsedLine
from campaigns.domain.orders import OrderDraft, content_hash

BEGINNING: Final = datetime(2026, 1, 1, tzinfo=UTC)
_AMOUNTS: Final = (1, 2, 3, 10, 333, 999, 1000, 1999)


@dataclass(slots=True)
class Life:
    """The orders of one partner, step by step. `refunded` is what refunds took of each order, in minor units."""

    seed: int
    code: str
    chance: Random
    orders: dict[str, OrderDraft] = field(default_factory=dict)
    refunded: dict[str, int] = field(default_factory=dict)
    kept_back: list[OrderDraft] = field(default_factory=list)
    sent: list[OrderDraft] = field(default_factory=list)

    @classmethod
    def of(cls, seed: int) -> "Life":
        """The life that this seed always has."""
        return cls(seed, f"partner-{seed}", Random(f"life {seed}"))  # noqa: S311  no secret hangs on it

    def step(self, now: datetime) -> list[OrderDraft]:
        """What arrives now, each reference once; some of it late, some of it for a second time."""
        arriving, self.kept_back = self.kept_back, []
        arriving += [self._sale(now) for _ in range(self.chance.randint(0, 3))]
        if self.orders and self.chance.random() < 0.6:  # noqa: PLR2004  chances are written where they are taken
            arriving += self._refunds(now)
        if self.chance.random() < 0.1:  # noqa: PLR2004
            arriving.append(self._refund_before_its_order(now))
        if self.sent and self.chance.random() < 0.3:  # noqa: PLR2004
            arriving.append(self.chance.choice(self.sent))
        once = {draft.reference: draft for draft in arriving}
        self.sent += once.values()
        return list(once.values())

    @property
    def wholly_refunded(self) -> set[str]:
        """The orders of which nothing is left."""
        return {ref for ref, taken in self.refunded.items() if taken == self.orders[ref].amount_minor}

    def _sale(self, now: datetime) -> OrderDraft:
        amount = self.chance.choice([*_AMOUNTS, self.chance.randint(1, 10**6)])
        occurred_at = max(BEGINNING, now - timedelta(days=self.chance.choice([0, 0, 0, 1, 20, 45])))
        reference = f"{self.seed}-{len(self.orders) + 1}"
        draft = _draft(reference, "sale", amount, occurred_at, self.code, customer=f"c{self.chance.randint(1, 3)}")
        self.orders[reference] = draft
        return draft

    def _refunds(self, now: datetime) -> list[OrderDraft]:
        """Of a part, of the rest, of more than is left (that one is refused, and leaves nothing), or all in three parts."""
        of = self.chance.choice(list(self.orders))
        left = self.orders[of].amount_minor - self.refunded.get(of, 0)
        third = max(1, left // 3)
        wanted = self.chance.choice([[left], [third], [left + 1], [third, third, max(1, left - 2 * third)]])
        return [self._refund(of, amount, now, number) for number, amount in enumerate(wanted)]

    def _refund(self, of: str, amount: int, now: datetime, number: int) -> OrderDraft:
        order, taken = self.orders[of], self.refunded.get(of, 0)
        amount = max(1, amount)
        if amount <= order.amount_minor - taken:
            self.refunded[of] = taken + amount
        kind = self.chance.choice(["refund", "refund", "chargeback"])
        before = sum(draft.reference.startswith(f"R{of}-") for draft in self.sent)
        reference = f"R{of}-{before + number + 1}"
        return _draft(reference, kind, -amount, max(order.occurred_at, now), "", refund_of=of)

    def _refund_before_its_order(self, now: datetime) -> OrderDraft:
        order = self._sale(now)
        self.kept_back.append(replace(order))
        self.refunded[order.reference] = order.amount_minor
        reference = f"R{order.reference}-1"
        return _draft(reference, "refund", -order.amount_minor, now, "", refund_of=order.reference)


def _draft(
    reference: str, kind: str, amount: int, occurred_at: datetime, code: str, *, customer: str = "", refund_of: str = ""
) -> OrderDraft:
    details = OrderDetails(refund_of=refund_of)
    line = ParsedLine(
        row=1,
        reference=reference,
        occurred_at=occurred_at,
        item="item",
        description="An item",
        quantity=Decimal(1),
        unit_price=Decimal(0),
        amount_minor=amount,
        customer=customer,
        partner_code=code,
    )
    return OrderDraft(
        reference=reference,
        kind=kind,
        occurred_at=occurred_at,
        currency=CURRENCY,
        amount_minor=amount,
        customer=customer,
        partner_code=code,
        content_sha256=content_hash(kind, CURRENCY, (line,), details),
        lines=(line,),
        details=details,
    )
