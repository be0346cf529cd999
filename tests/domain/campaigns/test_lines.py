"""One row of a file as a line: numbers, times, amounts, and every reason why it is none."""

from datetime import UTC, datetime
from decimal import ROUND_HALF_UP, Decimal
from fractions import Fraction
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.money import round_half_up
from alliance.kernel.spreadsheets.cells import CellRefusedError, parse_number
from campaigns.domain.lines import LineParser, ParsedLine, line_amount, parse_time
from campaigns.domain.mapping import Mapping

HEADER = ("Order", "When", "Item", "Text", "Qty", "Price", "Buyer", "Shop")
LONDON = ZoneInfo("Europe/London")
numbers = st.decimals(min_value=-99999, max_value=99999, places=6)


def mapping(**changes) -> Mapping:
    values = {
        "order_id": "Order",
        "occurred_at": "When",
        "item": "Item",
        "description": "Text",
        "quantity": "Qty",
        "unit_price": "Price",
        "customer": "Buyer",
        "partner": "Shop",
        "time_format": "%Y-%m-%d %H:%M:%S",
        "time_zone": "Europe/London",
        "currency": "GBP",
    }
    return Mapping(**values | changes)


def parse(*cells, **changes):
    return LineParser(mapping(**changes), HEADER).parse(2, cells)


@pytest.mark.parametrize(
    ("quantity", "price", "currency", "amount"),
    [
        ("1", "0.005", "GBP", 1),
        ("-1", "0.005", "GBP", -1),
        ("1", "0.004999", "GBP", 0),
        ("3", "2.55", "GBP", 765),
        ("-3", "2.55", "GBP", -765),
        ("1", "10.125", "KWD", 10125),
        ("1", "10.5", "JPY", 11),
        ("999999999999", "1", "GBP", 99999999999900),
    ],
)
def test_amount_is_rounded_half_away_from_zero(quantity, price, currency, amount):
    assert line_amount(Decimal(quantity), Decimal(price), currency) == amount


@given(numbers, numbers, st.sampled_from(["GBP", "JPY", "KWD", "CNY"]))
def test_amount_agrees_with_exact_arithmetic_and_is_symmetric(quantity, price, currency):
    amount = line_amount(quantity, price, currency)
    assert amount == round_half_up(Fraction(quantity) * Fraction(price), currency)
    assert line_amount(-quantity, price, currency) == -amount


@given(st.decimals(min_value=-(10**11), max_value=10**11, places=3))
def test_numbers_come_back_as_written(value):
    assert parse_number(str(value)) == value
    assert parse_number(str(value).replace(".", ","), ",") == value
    assert parse_number(f"{value:,}") == value


@pytest.mark.parametrize(
    "text", ["", "many", "1e5", "NaN", "Infinity", "1_000", "١٢", "1.2.3", "1,23.4", "0x10", "--1", "1,5"]
)
def test_what_is_no_number(text):
    with pytest.raises(CellRefusedError) as refusal:
        parse_number(text)
    assert refusal.value.code == "not_a_number"


@pytest.mark.parametrize("text", ["1.0000001", "1234567890123"])
def test_what_is_too_precise(text):
    with pytest.raises(CellRefusedError) as refusal:
        parse_number(text)
    assert refusal.value.code == "too_precise"


@pytest.mark.parametrize(
    ("text", "mark", "value"),
    [
        ("1.50000000", ".", "1.5"),
        ("000000000000012", ".", "12"),
        ("1,234,567.5", ".", "1234567.5"),
        ("1.234.567,5", ",", "1234567.5"),
        ("1 234,5", ",", "1234.5"),
        ("1\u00a0234.5", ".", "1234.5"),
        ("+7", ".", "7"),
    ],
)
def test_harmless_ways_to_write_a_number(text, mark, value):
    assert parse_number(text, mark) == Decimal(value)


@pytest.mark.parametrize(
    ("text", "instant"),
    [
        ("2011-01-15 08:26:00", datetime(2011, 1, 15, 8, 26, tzinfo=UTC)),
        ("2011-07-15 08:26:00", datetime(2011, 7, 15, 7, 26, tzinfo=UTC)),
        ("2011-03-27 01:30:00", datetime(2011, 3, 27, 1, 30, tzinfo=UTC)),  # skipped: the offset before the change
        ("2011-10-30 01:30:00", datetime(2011, 10, 30, 0, 30, tzinfo=UTC)),  # twice: the first one
    ],
)
def test_local_times_across_clock_changes(text, instant):
    assert parse_time(text, "%Y-%m-%d %H:%M:%S", LONDON) == instant


def test_an_offset_in_the_file_is_believed():
    assert parse_time("2011-07-15T08:00:00+0800", "%Y-%m-%dT%H:%M:%S%z", LONDON) == datetime(2011, 7, 15, tzinfo=UTC)


@pytest.mark.parametrize("text", ["", "yesterday", "2011-02-30 10:00:00", "31/12/2011 10:00", "0001-01-01 00:00:00"])
def test_what_is_no_time(text):
    zone = ZoneInfo("Asia/Shanghai")
    with pytest.raises(CellRefusedError):
        parse_time(text, "%Y-%m-%d %H:%M:%S", zone)


def test_a_good_row():
    line = parse(" 536365 ", "2010-12-01 08:26:00", "85123A", "HEART", "6", "2.55", "17850", "United Kingdom")
    assert line == ParsedLine(
        row=2,
        reference="536365",
        occurred_at=datetime(2010, 12, 1, 8, 26, tzinfo=UTC),
        item="85123A",
        description="HEART",
        quantity=Decimal(6),
        unit_price=Decimal("2.55"),
        amount_minor=1530,
        customer="17850",
        partner_code="United Kingdom",
    )


def test_every_wrong_cell_is_named():
    errors = parse("", "soon", "x" * 121, "", "", "1e3", "", "north")
    assert [(e.row, e.column, e.code) for e in errors] == [
        (2, "Item", "too_long"),
        (2, "Order", "missing"),
        (2, "Qty", "missing"),
        (2, "Price", "not_a_number"),
        (2, "When", "not_a_time"),
    ]


@pytest.mark.parametrize("cells", [("1",), ("1",) * 9])
def test_a_row_of_another_width(cells):
    assert [(e.column, e.code) for e in parse(*cells)] == [("", "cell_count")]


def test_an_amount_beyond_reason():
    errors = parse("1", "2010-12-01 08:26:00", "", "", "999999999999", "999999999999", "", "north")
    assert [(e.column, e.code) for e in errors] == [("Qty", "too_large")]


def test_optional_columns_may_be_absent():
    line = parse("1", "2010-12-01 08:26:00", "i", "d", "1", "1", "c", "north", item="", description="", customer="")
    assert (line.item, line.description, line.customer) == ("", "", "")


@given(st.lists(st.tuples(numbers, numbers), min_size=1, max_size=30))
def test_no_line_drifts_more_than_half_a_unit(pairs):
    cent = Decimal("0.01")
    for quantity, price in pairs:
        exact = quantity * price
        assert line_amount(quantity, price, "GBP") == int(exact.quantize(cent, ROUND_HALF_UP) * 100)
