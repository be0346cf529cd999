"""How money becomes a statement and leaves: periods, rounding, payouts, withholding, value-added tax."""

from decimal import Decimal
from enum import StrEnum
from typing import Literal, Self

from pydantic import Field, model_validator

from alliance.kernel.money.allocation import RemainderPolicy
from partners.domain.terms.exact import AmountOrZero, Country, Currency, Part, Party, Rate, Text, refuse


class Rounding(Part):
    """How exact amounts become whole minor units.

    `remainder`: where parties share a base by ratios. `earner`: where one party earns a percentage or an amount.
    `accumulation`: each conversion by itself, or the running total of an agreement's period.
    """

    remainder: RemainderPolicy = RemainderPolicy.LARGEST_REMAINDER
    earner: Literal["half_up", "down"] = "half_up"
    accumulation: Literal["per_conversion", "running_total"] = "per_conversion"


class Schedule(StrEnum):
    """How often a period closes, or a payout is due."""

    WEEKLY = "weekly"
    HALF_MONTHLY = "half_monthly"
    MONTHLY = "monthly"
    QUARTERLY = "quarterly"


class Periods(Part):
    """When a settlement period ends, on the agreement's clock.

    Weekly ones end with `weekday` (1 is Monday); `cut_off` is the local time of the end, `00:00` for the day's end.
    """

    schedule: Schedule = Schedule.MONTHLY
    weekday: int | None = Field(default=None, ge=1, le=7)
    cut_off: str = Field(default="00:00", pattern=r"^([01][0-9]|2[0-3]):[0-5][0-9]$")

    @model_validator(mode="after")
    def _fits_the_schedule(self) -> Self:
        if (self.schedule is Schedule.WEEKLY) != (self.weekday is not None):
            raise refuse("weekday_for_weeks", "weekday")
        return self


class Acceptance(Part):
    """For how many whole local days after the day of its close a statement can be answered; then silence accepts it.

    With 0 silence never does. Where terms have no such part, the installation says.
    """

    days: int = Field(ge=0, le=365)


class Payout(Part):
    """When what is available is paid. Without `party` for everybody who has no line of its own.

    `day` of the month (31 is the last day of a shorter one) or `weekday` of the week, `lag_days` after the period at
    the earliest. `threshold` must be reached (`at_least`) or exceeded (`exceeds`); `flush_months` after which smaller
    amounts are paid all the same.
    """

    party: Party | None = None
    threshold: AmountOrZero = Field(default=Decimal(0))
    compare: Literal["at_least", "exceeds"] = "at_least"
    schedule: Schedule = Schedule.MONTHLY
    day: int | None = Field(default=None, ge=1, le=31)
    weekday: int | None = Field(default=None, ge=1, le=7)
    lag_days: int = Field(default=0, ge=0, le=180)
    business_day: Literal["as_is", "following", "preceding"] = "following"
    holidays: Country | None = None
    currency: Currency | None = None
    whole_units: bool = False
    flush_months: int | None = Field(default=None, ge=1, le=60)

    @model_validator(mode="after")
    def _fits_the_schedule(self) -> Self:
        if (self.schedule is Schedule.WEEKLY) != (self.weekday is not None):
            raise refuse("weekday_for_weeks", "weekday")
        if self.schedule is Schedule.WEEKLY and self.day is not None:
            raise refuse("day_for_months", "day")
        return self


class Debts(Part):
    """What pays what a party owes under the agreement, besides its later earnings.

    `other_agreements`: also what is available to it under other agreements of the alliance whose terms say the same, in
    the same currency; and what is available under this one pays what it owes under those.
    """

    offset: Literal["other_agreements"]


class Withholding(Part):
    """Tax kept back from a party's payout. `reduced_rate` counts while a certificate is valid, from its first day on."""

    party: Party
    rate: Rate
    reduced_rate: Rate | None = None
    rounding: Literal["half_up", "down"] = "half_up"
    name: Text | None = None

    @model_validator(mode="after")
    def _is_reduced(self) -> Self:
        if self.rate >= 1:
            raise refuse("nothing_left", "rate")
        if self.reduced_rate is not None and self.reduced_rate >= self.rate:
            raise refuse("reduced_is_less", "reduced_rate")
        return self


class ValueAddedTax(Part):
    """How a party's earnings are treated: its own invoice or a self-billing one, and with which tax.

    `payout`: what a period earned is paid out only once its statement has its invoice; where nothing is said, at any time.
    """

    party: Party
    treatment: Literal["standard", "reverse_charge", "exempt", "unregistered"]
    rate: Rate | None = None
    invoice: Literal["partner", "self_billing", "none"] = "partner"
    payout: Literal["with_invoice"] | None = None

    @model_validator(mode="after")
    def _fits_the_treatment(self) -> Self:
        if (self.treatment == "standard") != (self.rate is not None):
            raise refuse("standard_needs_rate", "rate")
        if self.treatment == "unregistered" and self.invoice == "self_billing":
            raise refuse("self_billing_needs_registration", "invoice")
        if self.payout is not None and self.invoice == "none":
            raise refuse("payout_needs_an_invoice", "payout")
        return self
