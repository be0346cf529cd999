"""Who gets what of a base: split, commission, flat amount, tiers, waterfall, or nothing."""

from collections.abc import Iterator
from enum import StrEnum
from itertools import pairwise
from typing import Annotated, Literal, Self

from pydantic import Field, model_validator

from partners.domain.terms.exact import Amount, Part, Party, Rate, Share, Slug, refuse

DEEPEST = 5


class Receiver(Part):
    """A party, and what for. One party may receive for several purposes."""

    party: Party
    purpose: Slug = "share"


class PartyShare(Receiver):
    """One party's exact share of the base."""

    share: Share


class _Payment(Part):
    @property
    def bounds_each_conversion(self) -> bool:
        """Whether an amount counts for each conversion by itself, which a running total can't know."""
        return False


class Split(_Payment):
    """The whole base is shared by ratios that sum to 1; what rounding leaves over follows the terms' policy."""

    kind: Literal["split"] = "split"
    shares: tuple[PartyShare, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _is_whole(self) -> Self:
        if len({(s.party, s.purpose) for s in self.shares}) != len(self.shares):
            raise refuse("party_twice", "shares")
        if sum(s.share for s in self.shares) != 1:
            raise refuse("shares_do_not_sum_to_one", "shares")
        return self

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        """Everybody who may get something, with the place where the terms name them."""
        yield from ((f"shares.{place}.party", share) for place, share in enumerate(self.shares))


class _Earning(_Payment):
    """One party earns, another pays: the payer keeps what is left of the base, and bears what exceeds it."""

    party: Party
    purpose: Slug = "share"
    payer: Party

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        """Earner and payer."""
        yield "party", Receiver(party=self.party, purpose=self.purpose)
        yield "payer", Receiver(party=self.payer)

    @model_validator(mode="after")
    def _are_two(self) -> Self:
        if self.party == self.payer:
            raise refuse("pays_oneself", "payer")
        return self


class Commission(_Earning):
    """A percentage of the base, rounded by itself, perhaps within bounds for each conversion."""

    kind: Literal["commission"] = "commission"
    rate: Rate
    minimum: Amount | None = None
    maximum: Amount | None = None

    @property
    def bounds_each_conversion(self) -> bool:
        """Where there is a minimum or maximum."""
        return self.minimum is not None or self.maximum is not None

    @model_validator(mode="after")
    def _bounds_fit(self) -> Self:
        if self.minimum is not None and self.maximum is not None and self.minimum > self.maximum:
            raise refuse("minimum_over_maximum", "minimum")
        return self


class Flat(_Earning):
    """A fixed amount for each conversion, unit or period; it may be finer than the currency's smallest unit."""

    kind: Literal["flat"] = "flat"
    amount: Amount
    per: Literal["conversion", "unit", "period"] = "conversion"


class TierMode(StrEnum):
    """Whether a rate counts for its slice only, or for everything once it is reached."""

    GRADUATED = "graduated"
    VOLUME = "volume"


class Tier(Part):
    """Up to and including a bound (none: without end) a rate of the amount, or an amount for each unit."""

    up_to: Amount | None = None
    rate: Share | None = None
    amount: Amount | None = None

    @model_validator(mode="after")
    def _is_one_or_other(self) -> Self:
        if (self.rate is None) == (self.amount is None):
            raise refuse("rate_or_amount", "rate")
        return self


class Tiered(_Earning):
    """What is earned depends on how much came together in a window: graduated slices, or one rate by volume.

    `measure` counts money (bounds in major units) or units (bounds are whole numbers).
    """

    kind: Literal["tiered"] = "tiered"
    mode: TierMode = TierMode.GRADUATED
    measure: Literal["amount", "quantity"] = "amount"
    window: Literal["month", "quarter", "year", "agreement"] = "month"
    tiers: tuple[Tier, ...] = Field(min_length=1, max_length=50)

    @model_validator(mode="after")
    def _climbs(self) -> Self:
        bounds = [tier.up_to for tier in self.tiers]
        if bounds[-1] is not None or None in bounds[:-1]:
            raise refuse("last_tier_open", "tiers")
        known = [bound for bound in bounds[:-1] if bound is not None]
        if any(later <= earlier for earlier, later in pairwise(known)):
            raise refuse("tiers_climb", "tiers")
        if self.measure == "quantity" and any(bound % 1 for bound in known):
            raise refuse("units_are_whole", "tiers")
        if (
            self.measure == "quantity"
            and self.mode is TierMode.GRADUATED
            and any(t.rate is not None for t in self.tiers)
        ):
            raise refuse("rate_needs_volume", "mode")
        if self.measure == "amount" and any(tier.amount is not None for tier in self.tiers):
            raise refuse("amount_needs_quantity", "tiers")
        return self


class Take(Part):
    """How much a step takes: a share of its level's base or of what is left, an amount, or all that is left."""

    of: Literal["base", "rest"] = "rest"
    share: Rate | None = None
    amount: Amount | None = None
    at_most: Amount | None = None

    @property
    def is_everything(self) -> bool:
        """Whether nothing is left after this step."""
        return self.share is None and self.amount is None

    @model_validator(mode="after")
    def _is_possible(self) -> Self:
        if self.share is not None and self.amount is not None:
            raise refuse("rate_or_amount", "share")
        if self.is_everything and self.at_most is not None:
            raise refuse("rest_has_no_limit", "at_most")
        if self.is_everything and self.of == "base":
            raise refuse("rest_is_the_rest", "of")
        return self


class Step(Part):
    """One step of a waterfall: what it takes goes to a receiver, or runs through steps of its own."""

    take: Take = Field(default_factory=Take)
    to: Receiver | None = None
    steps: tuple["Step", ...] = Field(default=(), max_length=20)

    @model_validator(mode="after")
    def _goes_somewhere(self) -> Self:
        if (self.to is None) == (not self.steps):
            raise refuse("receiver_or_steps", "to")
        if self.steps:
            _require_end(self.steps)
        return self


class Waterfall(_Payment):
    """Steps in their order; each takes from what the earlier ones left, the last one takes the rest."""

    kind: Literal["waterfall"] = "waterfall"
    steps: tuple[Step, ...] = Field(min_length=1, max_length=20)

    @property
    def bounds_each_conversion(self) -> bool:
        """Where a step takes an amount, or no more than one."""
        return any(take.amount is not None or take.at_most is not None for take in _takes(self.steps))

    @model_validator(mode="after")
    def _ends(self) -> Self:
        _require_end(self.steps)
        if _depth(self.steps) > DEEPEST:
            raise refuse("too_deep", "steps", deepest=DEEPEST)
        return self

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        """Everybody at the ends of the steps."""
        yield from _ends_of(self.steps, "steps")


class Nothing(_Payment):
    """Nobody earns: the base stays with the payer, and no line is written."""

    kind: Literal["nothing"] = "nothing"
    payer: Party

    def receivers(self) -> Iterator[tuple[str, Receiver]]:
        """The payer."""
        yield "payer", Receiver(party=self.payer)


Payment = Annotated[Split | Commission | Flat | Tiered | Waterfall | Nothing, Field(discriminator="kind")]


def _require_end(steps: tuple[Step, ...]) -> None:
    *earlier, last = steps
    if not last.take.is_everything:
        raise refuse("last_step_takes_rest", "steps")
    if any(step.take.is_everything for step in earlier):
        raise refuse("rest_comes_last", "steps")
    of_base = sum(step.take.share or 0 for step in earlier if step.take.of == "base")
    if of_base > 1:
        raise refuse("shares_over_one", "steps")


def _depth(steps: tuple[Step, ...]) -> int:
    return 1 + max((_depth(step.steps) for step in steps if step.steps), default=0)


def _takes(steps: tuple[Step, ...]) -> Iterator[Take]:
    for step in steps:
        yield step.take
        yield from _takes(step.steps)


def _ends_of(steps: tuple[Step, ...], path: str) -> Iterator[tuple[str, Receiver]]:
    for place, step in enumerate(steps):
        here = f"{path}.{place}"
        if step.to is not None:
            yield f"{here}.to.party", step.to
        yield from _ends_of(step.steps, f"{here}.steps")
