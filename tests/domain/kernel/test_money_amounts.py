"""Reading, rounding and writing amounts."""

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.money import (
    AmountError,
    TooManyDecimalsError,
    UnknownCurrencyError,
    exponent,
    format_minor,
    minor_to_decimal,
    parse_amount,
    round_half_up,
)

currencies = st.sampled_from(["JPY", "EUR", "KWD", "CLF"])


@pytest.mark.parametrize(
    ("currency", "places"), [("JPY", 0), ("EUR", 2), ("GBP", 2), ("KWD", 3), ("IQD", 3), ("CLF", 4)]
)
def test_decimals_follow_the_standard(currency, places):
    assert exponent(currency) == places


@pytest.mark.parametrize("code", ["EUX", "", "eur", "XAU", "XXX"])
def test_what_is_no_currency_is_refused(code):
    with pytest.raises(UnknownCurrencyError):
        exponent(code)


@pytest.mark.parametrize(
    ("text", "currency", "minor"),
    [
        ("1234.50", "EUR", 123450),
        ("1234.5", "EUR", 123450),
        ("-0.01", "EUR", -1),
        ("+7", "EUR", 700),
        (" 101 ", "JPY", 101),
        ("101.0", "JPY", 101),
        ("12.345", "KWD", 12345),
        ("1.5000", "EUR", 150),
    ],
)
def test_amounts_are_read(text, currency, minor):
    assert parse_amount(text, currency) == minor


@pytest.mark.parametrize(("text", "currency"), [("101.5", "JPY"), ("1.005", "EUR"), ("0.0001", "KWD")])
def test_too_many_decimals_are_refused_not_rounded(text, currency):
    with pytest.raises(TooManyDecimalsError) as refused:
        parse_amount(text, currency)
    assert refused.value.status == 422


@pytest.mark.parametrize(
    "text", ["", "1,000.00", "1e3", "NaN", "inf", "--1", "1.", ".5", "0x10", "१२", "1 000", "9" * 19]
)
def test_what_is_no_amount_is_refused(text):
    with pytest.raises(AmountError):
        parse_amount(text, "EUR")


def test_more_than_the_database_holds_is_refused():
    with pytest.raises(AmountError):
        parse_amount("999999999999999999", "EUR")


@pytest.mark.parametrize(
    ("value", "currency", "minor"),
    [
        (Fraction(1, 200), "EUR", 1),
        (Fraction(-1, 200), "EUR", -1),
        (Decimal("2.675"), "EUR", 268),
        (Decimal("1.004999"), "EUR", 100),
        (Decimal("100.5"), "JPY", 101),
        (Decimal("-100.5"), "JPY", -101),
        (Decimal("12.3455"), "KWD", 12346),
        (3, "EUR", 300),
    ],
)
def test_halves_round_away_from_zero(value, currency, minor):
    assert round_half_up(value, currency) == minor


@pytest.mark.parametrize(
    ("minor", "currency", "text"),
    [
        (123456, "EUR", "1234.56"),
        (-5, "EUR", "-0.05"),
        (0, "EUR", "0.00"),
        (61, "JPY", "61"),
        (-40, "JPY", "-40"),
        (4111, "KWD", "4.111"),
        (8234, "KWD", "8.234"),
    ],
)
def test_files_show_the_currencys_decimals(minor, currency, text):
    assert format_minor(minor, currency) == text
    assert str(minor_to_decimal(minor, currency)) == text


@given(st.integers(-(10**17), 10**17), currencies)
def test_writing_and_reading_agree(minor, currency):
    assert parse_amount(format_minor(minor, currency), currency) == minor
    assert round_half_up(minor_to_decimal(minor, currency), currency) == minor
