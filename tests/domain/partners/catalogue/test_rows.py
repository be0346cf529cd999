"""One row of a file as an item."""

from datetime import UTC, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.spreadsheets.columns import suggest_columns
from partners.catalogue.domain.items import ItemKind
from partners.catalogue.domain.mapping import COMMON_NAMES, ROLES, ItemMapping, ItemMappingError, attribute_columns
from partners.catalogue.domain.rows import ItemRowParser, ParsedRow

COLUMNS = ("code", "kind", "title_en", "price", "currency", "available_from", "tags", "image_urls", "stock", "level")
HEADER = (*COLUMNS, "price_minor", "attributes", "attribute:size")
CATEGORIES = {"fitness": "fitness", "健身": "fitness"}


def mapping(**changes) -> ItemMapping:
    columns = {name: name for name in (*COLUMNS, "price_minor", "attributes")}
    values = {"columns": columns, "attribute_columns": ("attribute:size",), "time_zone": "Asia/Shanghai"}
    return ItemMapping(**values | changes)


def parsed(*, decimal_mark=".", **cells):
    row = {"code": "A", "kind": "course", "title_en": "T"} | cells
    parser = ItemRowParser(mapping(decimal_mark=decimal_mark), HEADER, CATEGORIES)
    return parser.parse(2, [row.get(name, "") for name in HEADER])


def draft(**cells):
    outcome = parsed(**cells)
    assert isinstance(outcome, ParsedRow), outcome
    return outcome.draft


@pytest.mark.parametrize(
    ("price", "currency", "expected"),
    [
        ("12.50", "EUR", (1250, "EUR")),
        ("1,234.50", "eur", (123450, "EUR")),
        ("¥ 99", "CNY", (9900, "CNY")),
        ("12.00 GBP", "", (1200, "GBP")),
        ("usd 7", "EUR", (700, "USD")),
        ("300", "JPY", (300, "JPY")),
        ("1.2345", "KWD", None),
        ("", "EUR", (None, "")),
    ],
)
def test_prices_as_people_write_them(price, currency, expected):
    outcome = parsed(price=price, currency=currency)
    if expected is None:
        assert [error.code for error in outcome] == ["too_precise"]
    else:
        assert (outcome.draft.price_minor, outcome.draft.currency) == expected


def test_a_comma_as_decimal_mark():
    assert draft(price="1.234,50", currency="EUR", decimal_mark=",").price_minor == 123450


@pytest.mark.parametrize(
    ("cells", "column", "code"),
    [
        ({"price": "12 50x", "currency": "EUR"}, "price", "not_a_number"),
        ({"price": "1 " + " " * 100_000 + "1", "currency": "EUR"}, "price", "not_a_number"),
        ({"price": "12", "currency": ""}, "price", "not_a_currency"),
        ({"stock": "1.5"}, "stock", "not_a_whole_number"),
        ({"stock": "1e5"}, "stock", "not_a_number"),
        ({"available_from": "soon"}, "available_from", "not_a_time"),
        ({"available_from": "0001-01-01T00:00:00+14:00"}, "available_from", "not_a_time"),
        ({"attributes": "no colon"}, "attributes", "not_properties"),
        ({"attributes": "[" * 100_000}, "attributes", "not_properties"),
    ],
)
def test_a_cell_that_can_not_be_read_is_named(cells, column, code):
    assert [(error.row, error.column, error.code) for error in parsed(**cells)] == [(2, column, code)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("2026-03-01", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("2026/03/01 08:00", datetime(2026, 3, 1, tzinfo=UTC)),
        ("2026-03-01T08:00:00Z", datetime(2026, 3, 1, 8, tzinfo=UTC)),
        ("2026-03-01 00:00:00", datetime(2026, 2, 28, 16, tzinfo=UTC)),
        ("2026-03-01T08:00:00-05:00", datetime(2026, 3, 1, 13, tzinfo=UTC)),
    ],
)
def test_times_are_on_the_files_clock_unless_they_say_otherwise(text, expected):
    assert draft(available_from=text).available_from == expected


def test_lists_come_as_json_or_as_people_write_them():
    assert draft(tags='["a", "b,c"]').tags == ("a", "b,c")
    assert draft(tags="a、b").tags == ("a", "b")
    two = ("https://e.org/a,1.png", "https://e.org/b.png")
    assert draft(image_urls='["https://e.org/a,1.png","https://e.org/b.png"]').image_urls == two
    assert draft(image_urls="https://e.org/a,1.png,https://e.org/b.png").image_urls == two
    assert draft(image_urls="https://e.org/a,1.png | https://e.org/b.png").image_urls == two


def test_properties_come_from_one_column_and_from_columns_of_their_own():
    found = draft(**{"attributes": '{"n": 1.5, "size": "L"}', "attribute:size": "XL"}).attributes
    assert found == {"n": 1.5, "size": "XL"}
    assert draft(attributes="a: 1\nb: x").attributes == {"a": 1, "b": "x"}


def test_kinds_go_by_their_names_in_both_languages():
    for word, kind in (
        ("Course", "course"),
        ("直播", "live_event"),
        ("Physical Good", "physical_good"),
        ("药品", "medicine"),
    ):
        assert draft(kind=word).kind == kind
    assert {draft(kind=kind.value).kind for kind in ItemKind} == set(ItemKind)
    assert draft(kind="boat").kind == "boat"  # for the rules to refuse


@given(st.lists(st.text(max_size=20), min_size=len(HEADER) - 2, max_size=len(HEADER) + 1))
def test_no_row_breaks_the_parser(cells):
    outcome = ItemRowParser(mapping(), HEADER, CATEGORIES).parse(7, cells)
    assert isinstance(outcome, ParsedRow) or (outcome and all(error.row == 7 for error in outcome))


def test_a_mapping_comes_back_as_it_was_kept():
    kept = mapping(default_kind="course", alliance_ids=("00000000-0000-0000-0000-000000000001",), archive_missing=True)
    assert ItemMapping.from_json(kept.to_json()) == kept


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"columns": {"title_en": "t"}, "default_kind": "course"}, "code"),
        ({"columns": {"code": "c"}, "default_kind": "course"}, "title_zh"),
        ({"columns": {"code": "c", "title_en": "t"}}, "default_kind"),
        ({"columns": {"code": "c", "title_en": "t", "colour": "x"}, "default_kind": "course"}, "mapping"),
        ({"default_kind": "boat"}, "default_kind"),
        ({"default_currency": "XXQ"}, "default_currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone"),
        ({"new_status": "archived"}, "new_status"),
        ({"reach": "everybody"}, "visibility"),
        ({"decimal_mark": ";"}, "decimal_mark"),
    ],
)
def test_a_mapping_that_can_not_be_names_the_field(changes, field):
    with pytest.raises(ItemMappingError) as refusal:
        mapping(**changes)
    assert refusal.value.field == field


def test_columns_are_guessed_in_both_languages_and_for_shopping_feeds():
    feed = ("id", "title", "description", "link", "image_link", "price", "brand", "availability_date")
    assert suggest_columns(feed, COMMON_NAMES) == {
        "code": "id",
        "title_en": "title",
        "description_en": "description",
        "page_url": "link",
        "image_urls": "image_link",
        "price": "price",
        "brand": "brand",
        "available_from": "availability_date",
    }
    chinese = ("商品编码", "商品名称", "类型", "价格", "库存", "属性:颜色")
    assert suggest_columns(chinese, COMMON_NAMES) == {
        "code": "商品编码",
        "title_zh": "商品名称",
        "kind": "类型",
        "price": "价格",
        "stock": "库存",
    }
    assert attribute_columns(chinese) == ("属性:颜色",)
    assert set(COMMON_NAMES) == set(ROLES)
