"""Reading, rounding and writing amounts. Minor units are whole numbers; what doesn't fit is refused or rounded half-up, never cut."""

import re
from decimal import Decimal
from fractions import Fraction
from typing import Final

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.money.currencies import exponent

_AMOUNT: Final = re.compile(r"([+-]?)(\d{1,18})(?:\.(\d{1,18}))?", re.ASCII)
MAX_MINOR: Final = 2**63 - 1  # what a bigint holds


class AmountError(InvalidInputError):
    """The text is not an amount."""

    code = "not_an_amount"
    sentence = _("This is not an amount. Write digits with a point before the decimals, like 1234.50.")


class TooManyDecimalsError(AmountError):
    """The amount is finer than the currency's smallest unit."""

    code = "too_many_decimals"
    sentence = _("This amount has more decimals than its currency knows.")


def parse_amount(text: str, currency: str) -> int:
    """The minor units that `text` ("1234.50", "-3") means in `currency`.

    Trailing zeros beyond the currency's decimals are harmless; any other digit there raises
    `TooManyDecimalsError`, so that nothing is rounded in silence. Anything else raises `AmountError`.
    """
    places = exponent(currency)
    if (match := _AMOUNT.fullmatch(text.strip())) is None:
        raise AmountError
    sign, whole, decimals = match.groups(default="")
    kept, beyond = decimals[:places].ljust(places, "0"), decimals[places:]
    if beyond.strip("0"):
        raise TooManyDecimalsError
    amount = int(whole + kept)
    if amount > MAX_MINOR:
        raise AmountError
    return -amount if sign == "-" else amount


def round_half_up(value: Fraction | Decimal | int, currency: str) -> int:
    """`value` in major units as minor units of `currency`; halves go away from zero, exactly."""
    units_per_major: int = 10 ** exponent(currency)
    return half_up(Fraction(value) * units_per_major)


def half_up(exact: Fraction) -> int:
    """The nearest whole number; halves go away from zero."""
    magnitude = (2 * abs(exact.numerator) + exact.denominator) // (2 * exact.denominator)
    return -magnitude if exact < 0 else magnitude


def minor_to_decimal(amount_minor: int, currency: str) -> Decimal:
    """The exact amount in major units, with the currency's decimals (`Decimal("10.50")`)."""
    return Decimal(amount_minor).scaleb(-exponent(currency))


def format_minor(amount_minor: int, currency: str) -> str:
    """Plain text for files: "1234.50", "-3" for JPY; no grouping, always the currency's decimals."""
    places = exponent(currency)
    sign, digits = ("-" if amount_minor < 0 else ""), str(abs(amount_minor)).rjust(places + 1, "0")
    return f"{sign}{digits[:-places]}.{digits[-places:]}" if places else f"{sign}{digits}"


def with_currency(amount_minor: int, currency: str) -> str:
    """Plain text for mails, papers and the console: "1234.50 EUR"."""
    return f"{format_minor(amount_minor, currency)} {currency}"
