"""Money and shares as people read them, in the language of the page."""

from decimal import Decimal
from fractions import Fraction
from functools import cache, lru_cache
from typing import Final

from babel import Locale
from babel.numbers import NumberPattern, format_decimal, format_percent, get_currency_symbol, parse_pattern
from django import template
from django.utils.translation import get_language, to_locale

from alliance.kernel.money import exponent

register = template.Library()
SHARE_DIGITS: Final = 4


def babel_locale() -> Locale:
    """Babel's locale for the language of the page."""
    return _locale_of(get_language() or "en")


@cache
def _locale_of(language: str) -> Locale:
    return Locale.parse(to_locale(language))


def display_money(amount_minor: int, currency: str) -> str:
    """`-123456, "GBP"` as "-£1,234.56", with the currency's own number of decimals and always its sign or code."""
    return _money_in(get_language() or "en", currency, amount_minor)


@lru_cache(maxsize=4096)  # a list shows most of its amounts twice
def _money_in(language: str, currency: str, amount_minor: int) -> str:
    digits, locale, pattern = _money_pattern(language, currency)
    value = Decimal(amount_minor).scaleb(-digits)
    return str(pattern.apply(value, locale, currency=currency, currency_digits=False))


@cache
def _money_pattern(language: str, currency: str) -> tuple[int, Locale, NumberPattern]:
    """How a language writes amounts of a currency: read once, because a page of fifty rows shows two hundred."""
    digits, locale = exponent(currency), _locale_of(language)
    pattern = locale.currency_formats["standard"].pattern
    pattern = pattern.replace("0.00", "0." + "0" * digits if digits else "0")
    if get_currency_symbol(currency, locale=locale)[-1].isalpha():
        pattern = pattern.replace("¤", "¤\xa0")  # "BHD 1.234": a code is a word of its own
    return digits, locale, parse_pattern(pattern)


@register.filter
def money(amount_minor: int | None, currency: str) -> str:
    """`{{ share.amount_minor|money:share.currency }}`; an absent amount is a dash."""
    return "–" if amount_minor is None else display_money(int(amount_minor), currency)


@register.filter
def percent(share: Fraction | Decimal | None) -> str:
    """A share of 1 as a percentage, with as many decimals as it needs, at most four: 3/5 is "60%"."""
    if share is None:
        return "–"
    value = Decimal(share.numerator) / Decimal(share.denominator) if isinstance(share, Fraction) else share
    return format_percent(value, format=f"#,##0.{'#' * SHARE_DIGITS}%", locale=babel_locale())


@register.filter
def share(value: Fraction | Decimal | None) -> str:
    """A share of 1, exactly: "60%" when the percentage ends, else the fraction, "1/3"."""
    if value is None:
        return "–"
    exact = Fraction(value)
    shown_exactly = (exact * 10 ** (SHARE_DIGITS + 2)).denominator == 1
    return percent(exact) if shown_exactly else f"{exact.numerator}/{exact.denominator}"


@register.filter
def number(value: int | Decimal | None) -> str:
    """A count with the language's grouping."""
    return "–" if value is None else format_decimal(value, locale=babel_locale())
