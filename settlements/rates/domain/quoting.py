"""What an exchange rate says: one unit of the base costs so many units of the quote, on one day."""

from dataclasses import dataclass
from datetime import date
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Final

from alliance.kernel.money.currencies import UnknownCurrencyError, exponent

DECIMALS: Final = 12
MOST: Final = Decimal(10**12)
FIRST_DAY: Final = date(1990, 1, 1)
LAST_DAY: Final = date(2199, 12, 31)


class RateProblem(StrEnum):
    """Why a rate, or a whole file, can't be taken in."""

    NOT_READABLE = "not_readable"
    NOT_A_RATE_FILE = "not_a_rate_file"
    COLUMNS_MISSING = "columns_missing"
    TOO_MANY = "too_many"
    EMPTY = "empty"
    NOT_A_DAY = "not_a_day"
    UNKNOWN_CURRENCY = "unknown_currency"
    SAME_CURRENCY = "same_currency"
    NOT_A_RATE = "not_a_rate"
    TOO_FINE = "too_fine"
    TWICE = "twice"


class BadRateError(ValueError):
    """A value that is no rate. `problem` says why."""

    def __init__(self, problem: RateProblem) -> None:
        self.problem = problem
        super().__init__(problem.value)


@dataclass(frozen=True, slots=True)
class Quote:
    """1 `base` = `rate` `quote` on `valid_on`. The rate is exact: above 0, at most 12 decimals."""

    base: str
    quote: str
    rate: Decimal
    valid_on: date

    @classmethod
    def parse(cls, *, base: str, quote: str, rate: str, valid_on: str) -> "Quote":
        """The rate that these words say; raises `BadRateError`."""
        base, quote = _currency(base), _currency(quote)
        if base == quote:
            raise BadRateError(RateProblem.SAME_CURRENCY)
        return cls(base, quote, _rate(rate), _day(valid_on))

    @property
    def key(self) -> tuple[str, str, date]:
        """What it is the rate of."""
        return self.base, self.quote, self.valid_on

    def to_json(self) -> list[str]:
        """As `from_json` reads it."""
        return [self.base, self.quote, rate_text(self.rate), self.valid_on.isoformat()]

    @classmethod
    def from_json(cls, stored: list[str]) -> "Quote":
        """What `to_json` wrote."""
        base, quote, rate, valid_on = stored
        return cls(base, quote, Decimal(rate), date.fromisoformat(valid_on))


def rate_text(rate: Decimal) -> str:
    """The rate without trailing zeros and never with an exponent: "0.9213", "7.8"."""
    text = f"{rate:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def _currency(code: str) -> str:
    wanted = code.strip().upper()
    try:
        exponent(wanted)
    except UnknownCurrencyError as error:
        raise BadRateError(RateProblem.UNKNOWN_CURRENCY) from error
    return wanted


def _rate(text: str) -> Decimal:
    try:
        rate = Decimal(text.strip())
    except InvalidOperation as error:
        raise BadRateError(RateProblem.NOT_A_RATE) from error
    if not rate.is_finite() or not 0 < rate < MOST:
        raise BadRateError(RateProblem.NOT_A_RATE)
    if rate != round(rate, DECIMALS):
        raise BadRateError(RateProblem.TOO_FINE)
    return rate


def _day(text: str) -> date:
    try:
        day = date.fromisoformat(text.strip())
    except ValueError as error:
        raise BadRateError(RateProblem.NOT_A_DAY) from error
    if not FIRST_DAY <= day <= LAST_DAY:
        raise BadRateError(RateProblem.NOT_A_DAY)
    return day
