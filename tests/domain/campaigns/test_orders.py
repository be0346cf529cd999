"""Lines of one id as an order; kinds; content; mappings and suggestions."""

from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.spreadsheets.cells import RowError, inert
from alliance.kernel.spreadsheets.columns import suggest_columns
from campaigns.domain.lines import ParsedLine
from campaigns.domain.mapping import Mapping, MappingError, check_time_format
from campaigns.domain.orders import OrderDraft, assemble_order, kind_of
from campaigns.domain.suggestions import COMMON_NAMES, suggest_decimal_mark, suggest_time_format
from campaigns.domain.tally import Tally
from tests.domain.campaigns.test_lines import mapping

AT = datetime(2026, 1, 1, tzinfo=UTC)


def line(amount=100, *, row=2, reference="1001", partner="north", at=AT, price="1.00"):
    return ParsedLine(row, reference, at, "A", "Kit", Decimal(1), Decimal(price), amount, "", partner)


def test_an_order_is_its_lines():
    later = AT + timedelta(minutes=1)
    draft = assemble_order([line(100), line(250, row=3, at=later)], mapping())
    assert isinstance(draft, OrderDraft)
    assert (draft.amount_minor, draft.occurred_at, len(draft.lines)) == (350, AT, 2)


def test_lines_for_different_partners_are_refused():
    errors = assemble_order([line(), line(row=3, partner="south"), line(row=4)], mapping())
    assert errors == [RowError(3, "Shop", "partner_differs")]


@pytest.mark.parametrize(
    ("reference", "amount", "rules", "kind"),
    [
        ("1001", 5, {}, "sale"),
        ("C1001", -5, {"refund_prefixes": ("C",)}, "refund"),
        ("C1001", 5, {}, "sale"),
        ("A9", -5, {"adjustment_prefixes": ("A",)}, "adjustment"),
        ("CA9", -5, {"refund_prefixes": ("C",), "adjustment_prefixes": ("CA",)}, "adjustment"),
        ("1001", -5, {"negative_is_refund": True}, "refund"),
        ("1001", 0, {"negative_is_refund": True}, "sale"),
    ],
)
def test_kinds(reference, amount, rules, kind):
    assert kind_of(reference, amount, mapping(**rules)) == kind


def test_signs_must_fit_the_kind():
    refund = assemble_order([line(5, reference="C1")], mapping(refund_prefixes=("C",)))
    sale = assemble_order([line(-5)], mapping())
    assert refund == [RowError(2, "Qty", "refund_is_positive")]
    assert sale == [RowError(2, "Qty", "sale_is_negative")]


def test_an_order_of_zero_is_an_order():
    draft = assemble_order([line(0)], mapping())
    assert isinstance(draft, OrderDraft)
    assert (draft.kind, draft.amount_minor) == ("sale", 0)


def test_content_does_not_depend_on_row_numbers_but_on_everything_else():
    def content(*lines, **rules):
        return assemble_order(lines, mapping(**rules)).content_sha256

    first = content(line(), line(row=3))
    assert first == content(line(row=9), line(row=10))
    assert first != content(line())
    assert first != content(line(partner="south"), line(partner="south"))
    assert first != content(line(price="1.01"), line(row=3))
    assert first != content(line(at=AT + timedelta(seconds=1)), line(row=3))
    assert first != content(line(), line(row=3), currency="EUR")


@pytest.mark.parametrize(
    ("changes", "field", "code"),
    [
        ({"order_id": ""}, "order_id", "column_missing"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "time_zone_unknown"),
        ({"time_zone": "../etc/passwd"}, "time_zone", "time_zone_unknown"),
        ({"currency": "XAU"}, "currency", "currency_unknown"),
        ({"time_format": "%H:%M"}, "time_format", "time_format_without_day"),
        ({"time_format": "%Q"}, "time_format", "time_format_unknown"),
        ({"decimal_mark": ";"}, "decimal_mark", "decimal_mark_unknown"),
        ({"refund_prefixes": ("",)}, "refund_prefixes", "prefix_length"),
        ({"refund_prefixes": ("C",), "adjustment_prefixes": ("C",)}, "adjustment_prefixes", "prefix_twice"),
    ],
)
def test_impossible_mappings(changes, field, code):
    with pytest.raises(MappingError) as refusal:
        mapping(**changes)
    assert (refusal.value.field, refusal.value.code) == (field, code)


def test_a_mapping_survives_storage():
    given_mapping = mapping(refund_prefixes=("C", "R"), negative_is_refund=True)
    assert Mapping.from_json(given_mapping.to_json()) == given_mapping
    for broken in ({}, {"schema": 99}, {"schema": 1}):
        with pytest.raises(MappingError):
            Mapping.from_json(broken)


@pytest.mark.parametrize("pattern", ["%Y-%m-%d", "%d %b %Y", "%d %B %y", "%Y%j"])
def test_formats_with_a_day(pattern):
    check_time_format(pattern)


def test_common_headers_are_recognised():
    retail = ("InvoiceNo", "StockCode", "Description", "Quantity", "InvoiceDate", "UnitPrice", "CustomerID", "Country")
    assert suggest_columns(retail, COMMON_NAMES) == {
        "order_id": "InvoiceNo",
        "item": "StockCode",
        "description": "Description",
        "quantity": "Quantity",
        "occurred_at": "InvoiceDate",
        "unit_price": "UnitPrice",
        "customer": "CustomerID",
        "partner": "Country",
    }
    chinese = ("订单编号", "下单时间", "商品名称", "数量", "单价", "渠道")
    assert suggest_columns(chinese, COMMON_NAMES) == {
        "order_id": "订单编号",
        "occurred_at": "下单时间",
        "description": "商品名称",
        "quantity": "数量",
        "unit_price": "单价",
        "partner": "渠道",
    }
    assert suggest_columns(("foo", "bar"), COMMON_NAMES) == {}


@pytest.mark.parametrize(
    ("samples", "pattern"),
    [
        (["2010-12-01 08:26:00"], "%Y-%m-%d %H:%M:%S"),
        (["31/12/2011 10:00", "01/02/2011 10:00"], "%d/%m/%Y %H:%M"),
        (["12/31/2011 10:00", "01/02/2011 10:00"], "%m/%d/%Y %H:%M"),
        (["2026年03月01日 21:15"], "%Y年%m月%d日 %H:%M"),
        (["soon"], None),
        ([""], None),
    ],
)
def test_time_formats_are_guessed(samples, pattern):
    assert suggest_time_format(samples) == pattern


def test_the_decimal_mark_is_guessed():
    assert suggest_decimal_mark(["2,55", "10"]) == ","
    assert suggest_decimal_mark(["1.234,5"]) == ","
    assert suggest_decimal_mark(["2.55", "1,234"]) == "."


@pytest.mark.parametrize("cell", ["=1+1", "+cmd", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1"])
def test_formulas_are_made_inert(cell):
    assert inert(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["", "abc", "-5", "+5", "-1,234.50", "2026-01-01", "a=1"])
def test_numbers_and_texts_stay(cell):
    assert inert(cell) == cell


@given(
    st.lists(st.tuples(st.sampled_from(["new", "known", "changed", "rejected"]), st.integers(0, 10**6)), max_size=40)
)
def test_a_tally_always_adds_up_and_survives_storage(steps):
    tally = Tally()
    for step, amount in steps:
        draft = assemble_order([line(amount)], mapping())
        match step:
            case "new":
                tally.add_new(draft)
            case "known":
                tally.add_known(draft)
            case "changed":
                tally.add_changed(1)
            case "rejected":
                tally.add_rejected(1, [RowError(2, "Qty", "missing")])
    assert tally.rows == len(steps) == tally.lines_new + tally.lines_known + tally.rows_rejected
    assert sum(count for _, count, _ in tally.kinds()) == tally.orders_new
    assert Tally.from_json(tally.to_json()) == tally
