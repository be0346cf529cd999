"""Shares as people write them, and exactly back: `62.5`, `62.5 %`, `1/3`, `0.625`. Never a float."""

import re
from collections.abc import Sequence
from fractions import Fraction

from partners.domain.terms import TermsError

_PLAIN = re.compile(r"[0-9]{1,9}(?:\.[0-9]{1,18})?")
_RATIO = re.compile(r"([0-9]{1,12})\s*/\s*([0-9]{1,12})")
_LONGEST_DECIMAL = 12


def _written(text: str) -> tuple[Fraction, bool]:
    """The number, and whether it names its own unit (a fraction or a percent sign)."""
    cleaned = text.strip().replace("\uff05", "%").replace("\uff0f", "/")  # as a Chinese keyboard types them
    if (ratio := _RATIO.fullmatch(cleaned)) and int(ratio[2]) > 0:
        return Fraction(int(ratio[1]), int(ratio[2])), True
    number = cleaned.removesuffix("%").strip()
    if not _PLAIN.fullmatch(number):
        raise TermsError("shares_unreadable", "shares")
    return (Fraction(number) / 100, True) if cleaned.endswith("%") else (Fraction(number), False)


def parse_share(text: str) -> Fraction:
    """One share by itself: a bare number is a percentage. Raises `TermsError` when it can't be read."""
    value, has_unit = _written(text)
    return value if has_unit else value / 100


def parse_shares(texts: Sequence[str]) -> tuple[Fraction, ...]:
    """All shares of one agreement.

    Bare numbers are percentages, unless only the reading as decimals (0.6 and 0.4) makes them sum to 1;
    both readings can't. Raises `TermsError` naming `shares` when one can't be read. The sum is for `Terms` to judge.
    """
    written = [_written(text) for text in texts]
    as_percent = tuple(value if has_unit else value / 100 for value, has_unit in written)
    as_decimals = tuple(value for value, _ in written)
    return as_decimals if sum(as_percent) != 1 and sum(as_decimals) == 1 else as_percent


def format_share(share: Fraction) -> str:
    """Exactly, for people: `62.5 %` when the decimal ends soon, else the fraction `1/3`."""
    percent = share * 100
    scaled = percent * 10**_LONGEST_DECIMAL
    if scaled.denominator != 1:
        return f"{share.numerator}/{share.denominator}"
    whole, decimals = divmod(scaled.numerator, 10**_LONGEST_DECIMAL)
    tail = f"{decimals:0{_LONGEST_DECIMAL}d}".rstrip("0")
    return f"{whole}.{tail} %" if tail else f"{whole} %"
