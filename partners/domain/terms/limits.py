"""What bounds the earnings: caps, minimum guarantees, advances, holds and reserves, and who bears a refund."""

from fractions import Fraction
from typing import Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.exact import Amount, Part, Party, Rate, Slug, refuse


class Cap(Part):
    """The most that one party earns in a window, from everybody or from each person, by all clauses or some.

    `excess` says what happens with more: it stays with the payer, or it waits for somebody to approve it.
    """

    id: Slug
    party: Party
    amount: Amount
    window: Literal["conversion", "day", "week", "month", "year", "all"]
    per: Literal["everybody", "person"] = "everybody"
    clauses: tuple[Slug, ...] = Field(default=(), max_length=50)
    excess: Literal["stays_with_payer", "waits_for_approval"] = "stays_with_payer"


class Guarantee(Part):
    """A party gets at least this much for each period; the other bears what is missing."""

    party: Party
    amount: Amount
    per: Literal["period"] = "period"
    borne_by: Party

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.party == self.borne_by:
            raise refuse("pays_oneself", "borne_by")
        return self


class Advance(Part):
    """Money paid ahead and recouped out of earnings. Advances with one `pool` name are recouped out of each other's.

    `recoups` is the share of the earnings that goes into recoupment.
    """

    id: Slug
    party: Party
    amount: Amount
    paid_by: Party
    recoups: Rate = Field(default=Fraction(1))
    pool: Slug | None = None

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.party == self.paid_by:
            raise refuse("pays_oneself", "paid_by")
        return self


class Hold(Part):
    """How long what is earned stays pending: whole local days after the conversion."""

    days: int = Field(default=0, ge=0, le=730)


class Reserve(Part):
    """A share of the earnings is kept back for some days after it became available."""

    share: Rate
    days: int = Field(ge=1, le=730)


class Refunds(Part):
    """Who bears a refund, and until when.

    `proportional`: everybody gives back what the refunded part had earned. `party`: the named party bears it all.
    After `for_days` days the payer bears it alone. `chargeback_fee`: who pays what the payment provider charges.
    """

    bearer: Literal["proportional", "party"] = "proportional"
    party: Party | None = None
    for_days: int | None = Field(default=None, ge=1, le=3650)
    chargeback_fee: Party | None = None

    @model_validator(mode="after")
    def _names_the_bearer(self) -> Self:
        if (self.bearer == "party") != (self.party is not None):
            raise refuse("name_the_bearer", "party")
        return self
