"""A clause: what earns, when it applies, from which base, and who gets what."""

from collections.abc import Iterator
from enum import StrEnum
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.conditions import AmountCondition, ChoiceCondition, Group, QuantityCondition
from partners.domain.terms.exact import Amount, Part, Party, Rate, Slug, Text, Weight, refuse
from partners.domain.terms.payments import Commission, Flat, Payment, Receiver, Split, Tiered, Waterfall


class EarnsOn(StrEnum):
    """What makes a clause pay."""

    SALE = "sale"
    LEAD = "lead"
    CLICK = "click"
    SIGN_UP = "sign_up"
    POOLED_REVENUE = "pooled_revenue"
    FLAT_FEE = "flat_fee"


WITHOUT_MONEY = frozenset({EarnsOn.LEAD, EarnsOn.CLICK, EarnsOn.SIGN_UP})


class DeductionKind(StrEnum):
    """What comes off the gross amount before it is shared."""

    TAX = "tax"
    PAYMENT_FEE = "payment_fee"
    SHIPPING = "shipping"
    DISCOUNT = "discount"
    PLATFORM_FEE = "platform_fee"
    COST_OF_GOODS = "cost_of_goods"
    OTHER = "other"


class Deduction(Part):
    """One thing that comes off, in the clause's order: what the order reports, or a rate, or an amount.

    A rate is of the gross amount, or of what earlier deductions left. `kept_by` bears the cost and so keeps the money;
    without it that is the host.
    """

    kind: DeductionKind
    rate: Rate | None = None
    of: Literal["gross", "rest"] = "gross"
    amount: Amount | None = None
    kept_by: Party | None = None

    @property
    def is_reported(self) -> bool:
        """Whether the order itself says how much."""
        return self.rate is None and self.amount is None

    @model_validator(mode="after")
    def _is_one_or_other(self) -> Self:
        if self.rate is not None and self.amount is not None:
            raise refuse("rate_or_amount", "rate")
        if self.rate is None and self.of == "rest":
            raise refuse("rest_needs_rate", "of")
        return self


class Contribution(Part):
    """How much of one party's own revenue goes into the pool: R = α·R_host + β·R_partner."""

    party: Party
    weight: Weight


class FirstOnly(Part):
    """Only a person's first sale earns."""

    kind: Literal["first_only"] = "first_only"


class ForMonths(Part):
    """A person's sales earn for so many whole months after the first one, if the clause was in force then.

    The clause goes on through later versions of the agreement that keep its id. `persons`: `any` counts people whose
    first sale fell under other terms too.
    """

    kind: Literal["months"] = "months"
    months: int = Field(ge=1, le=600)
    persons: Literal["any"] | None = None


class Lifetime(Part):
    """Every sale of a person earns, for as long as the terms are in force.

    `persons`: with `own`, only of people whose first sale fell while the clause was in force.
    """

    kind: Literal["lifetime"] = "lifetime"
    persons: Literal["own"] | None = None


Recurrence = Annotated[FirstOnly | ForMonths | Lifetime, Field(discriminator="kind")]


class Clause(Part):
    """One rule that earns. `is_bonus`: paid on top of the clause that the precedence chooses."""

    id: Slug
    name: Text | None = None
    earns_on: EarnsOn = EarnsOn.SALE
    when: tuple[Group, ...] = Field(default=(), max_length=20)
    deductions: tuple[Deduction, ...] = Field(default=(), max_length=10)
    pool: tuple[Contribution, ...] = Field(default=(), max_length=50)
    pays: Payment
    recurring: Recurrence = Field(default_factory=Lifetime)
    is_bonus: bool = False

    @property
    def is_for_its_own(self) -> bool:
        """Whether it pays only for people whose first sale fell while the clause was in force."""
        match self.recurring:
            case ForMonths(persons=persons):
                return persons is None
            case Lifetime(persons=persons):
                return persons == "own"
        return False

    @property
    def asks_for_person(self) -> bool:
        """Whether it depends on a person's first sale."""
        return self.recurring.kind != "lifetime" or self.is_for_its_own

    def named_parties(self) -> Iterator[tuple[str, Party]]:
        """Every party that the clause names, with its place."""
        for path, receiver in self.receivers():
            yield f"pays.{path}", receiver.party
        for place, deduction in enumerate(self.deductions):
            if deduction.kept_by is not None:
                yield f"deductions.{place}.kept_by", deduction.kept_by
        for place, contribution in enumerate(self.pool):
            yield f"pool.{place}.party", contribution.party

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        """Everybody whom the payment names."""
        return self.pays.receivers()

    @model_validator(mode="after")
    def _fits_together(self) -> Self:
        self._check_money()
        self._check_pool()
        self._check_deductions()
        if self.is_bonus and not isinstance(self.pays, Commission | Flat | Tiered):
            raise refuse("bonus_is_earned", "is_bonus")
        if self.asks_for_person and self.earns_on is not EarnsOn.SALE:
            raise refuse("recurring_needs_sale", "recurring")
        if self.recurring.kind == "first_only" and self._wants_returning():
            raise refuse("condition_never_holds", "recurring", condition="person")
        return self

    def _check_money(self) -> None:
        is_flat_fee = self.earns_on is EarnsOn.FLAT_FEE
        per_period = isinstance(self.pays, Flat) and self.pays.per == "period"
        if is_flat_fee != per_period:
            raise refuse("flat_fee_per_period", "pays.per" if per_period else "pays")
        if self.earns_on in WITHOUT_MONEY and self._needs_money():
            raise refuse("percent_without_amount", "pays")
        if self.earns_on is not EarnsOn.SALE and self._asks_for_amount():
            raise refuse("amount_without_sale", "when")
        if self.earns_on in {EarnsOn.POOLED_REVENUE, EarnsOn.FLAT_FEE} and self.when:
            raise refuse("no_condition_here", "when")

    def _needs_money(self) -> bool:
        if isinstance(self.pays, Tiered):
            return self.pays.measure == "amount" or any(tier.rate is not None for tier in self.pays.tiers)
        return isinstance(self.pays, Split | Commission | Waterfall)

    def _asks_for_amount(self) -> bool:
        asked = (AmountCondition, QuantityCondition)
        return any(isinstance(condition, asked) for group in self.when for condition in group.all_of)

    def _wants_returning(self) -> bool:
        return bool(self.when) and all(
            any(
                isinstance(c, ChoiceCondition) and (c.field, c.is_, c.value) == ("person", "in", ("returning",))
                for c in g.all_of
            )
            for g in self.when
        )

    def _check_pool(self) -> None:
        if (self.earns_on is EarnsOn.POOLED_REVENUE) != bool(self.pool):
            raise refuse("pool_and_weights", "pool")
        if self.pool and len({c.party for c in self.pool}) != len(self.pool):
            raise refuse("party_twice", "pool")
        if self.pool and not any(c.weight for c in self.pool):
            raise refuse("not_above_zero", "pool")

    def _check_deductions(self) -> None:
        if self.deductions and self.earns_on is not EarnsOn.SALE:
            raise refuse("deduction_without_sale", "deductions")
        reported = [d.kind for d in self.deductions if d.is_reported]
        if len(set(reported)) != len(reported):
            raise refuse("named_twice", "deductions")
        if sum(d.rate or 0 for d in self.deductions if d.of == "gross") >= 1:
            raise refuse("nothing_left", "deductions")
