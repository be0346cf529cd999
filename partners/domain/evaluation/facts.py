"""What is known of a conversion, and what came before it. Amounts are minor units of the terms' currency."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from partners.domain.terms.clauses import DeductionKind, EarnsOn


@dataclass(frozen=True, slots=True, kw_only=True)
class Facts:
    """One conversion, or one line of an order where items earn differently.

    `amount_minor` is gross and negative for a refund. `reported` is what the order itself says of taxes and fees.
    `first_sale_at` is the person's first sale under the agreement; `None` while this is the first. `acquired_elsewhere`
    are clauses for their own people alone, which were not in force then. What is not known stays `None` or empty, and no
    condition on it holds.
    """

    occurred_at: datetime
    earns_on: EarnsOn = EarnsOn.SALE
    amount_minor: int = 0
    quantity: int = 1
    reported: Mapping[DeductionKind, int] = field(default_factory=dict)
    partner: UUID | None = None
    item: str | None = None
    item_kind: str | None = None
    categories: frozenset[str] = frozenset()
    tags: frozenset[str] = frozenset()
    country: str | None = None
    person: str | None = None
    coupon: str | None = None
    placement: str | None = None
    first_sale_at: datetime | None = None
    acquired_elsewhere: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Totals:
    """What came together: bases in minor units, units, and conversions; refunds count against them."""

    amount_minor: int = 0
    quantity: int = 0
    conversions: int = 0

    def plus(self, other: "Totals") -> "Totals":
        """Both together."""
        return Totals(
            self.amount_minor + other.amount_minor,
            self.quantity + other.quantity,
            self.conversions + other.conversions,
        )

    @property
    def is_negative(self) -> bool:
        """Whether more was taken back than came."""
        return self.amount_minor < 0 or (self.amount_minor == 0 and self.quantity < 0)

    def negated(self) -> "Totals":
        """The same, taken back."""
        return Totals(-self.amount_minor, -self.quantity, -self.conversions)


@dataclass(frozen=True, slots=True)
class History:
    """What an evaluation needs to know of the past, by the ids that the terms give.

    `windows`: for each tiered clause what came together in its window; for clauses that accumulate (under running
    totals, and prices finer than the smallest unit) what came together in the present period. `earned`: for each cap what its party earned in its window before any cap.
    """

    windows: Mapping[str, Totals] = field(default_factory=dict)
    earned: Mapping[str, int] = field(default_factory=dict)

    def before(self, clause_id: str) -> Totals:
        """The totals of a clause; nothing when it is not named."""
        return self.windows.get(clause_id, Totals())


def pooled_revenue(weights: Mapping[UUID, Fraction], revenues_minor: Mapping[UUID, int]) -> Fraction:
    """R = α·R_host + β·R_partner, exactly, in minor units; a party without revenue contributes nothing."""
    return sum((weight * revenues_minor.get(party, 0) for party, weight in weights.items()), Fraction(0))
