"""What an item is: everything that can be wrong with one, and when two are the same."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta, timezone

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.catalogue.domain.content import content_hash
from partners.catalogue.domain.items import ItemDraft, ItemKind, draft_of, is_https, issues_of, publishing_issues
from partners.catalogue.domain.written import (
    PropertyLineError,
    join_properties,
    join_tags,
    split_properties,
    split_tags,
)

WHEN = datetime(2026, 3, 1, 8, tzinfo=UTC)
SOUND = {"code": "A", "kind": "course", "title_en": "A course"}


def codes(**changes):
    return [
        (issue.field, issue.code)
        for issue in issues_of(draft_of(SOUND | changes), categories=lambda key: key == "known")
    ]


def test_a_sound_item_has_nothing_wrong():
    assert codes() == []
    assert codes(category="known", price_minor=0, currency="jpy", available_from=WHEN, tags=["a", "a", " "]) == []


@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        ({"code": "  "}, [("code", "missing")]),
        ({"title_en": " "}, [("title_zh", "title_missing")]),
        ({"title_en": "x" * 201}, [("title_en", "too_long")]),
        ({"title_zh": "a\x00b"}, [("title_zh", "odd_characters")]),
        ({"brand": "half \ud800"}, [("brand", "odd_characters")]),
        ({"kind": "boat"}, [("kind", "not_a_kind")]),
        ({"kind": ""}, [("kind", "missing")]),
        ({"category": "unknown"}, [("category", "not_a_category")]),
        ({"level": "expert"}, [("level", "not_a_level")]),
        ({"price_minor": 1}, [("currency", "missing")]),
        ({"price_minor": 1, "currency": "XXQ"}, [("currency", "not_a_currency")]),
        ({"price_minor": -1, "currency": "EUR"}, [("price_minor", "negative")]),
        ({"price_minor": 10**14 + 1, "currency": "EUR"}, [("price_minor", "too_large")]),
        ({"stock": -1}, [("stock", "negative")]),
        ({"minimum_age": 121}, [("minimum_age", "too_large")]),
        ({"available_from": WHEN, "available_until": WHEN}, [("available_until", "empty_window")]),
        ({"tags": [str(n) for n in range(21)]}, [("tags", "too_many")]),
        ({"tags": ["x" * 41]}, [("tags", "too_long")]),
        ({"image_urls": [f"https://e.org/{n}" for n in range(11)]}, [("image_urls", "too_many")]),
        ({"image_urls": ["http://e.org/a"]}, [("image_urls", "not_https")]),
        ({"page_url": "https://"}, [("page_url", "not_https")]),
        ({"attributes": {"": 1}}, [("attributes", "attribute_name")]),
        ({"attributes": {"a": None}}, [("attributes", "attribute_value")]),
        ({"attributes": {"a": float("nan")}}, [("attributes", "attribute_value")]),
        ({"attributes": {"a": 10**400}}, [("attributes", "attribute_value")]),
        ({"attributes": {str(n): n for n in range(31)}}, [("attributes", "too_many")]),
    ],
)
def test_each_thing_that_is_wrong_is_named(changes, expected):
    assert codes(**changes) == expected


@pytest.mark.parametrize("kind", list(ItemKind))
def test_finance_and_medicine_say_what_the_law_wants(kind):
    is_regulated = kind in {ItemKind.FINANCIAL_PRODUCT, ItemKind.MEDICINE}
    assert bool(publishing_issues(draft_of(SOUND | {"kind": kind}))) is is_regulated
    for said in ({"disclosure_zh": "说明"}, {"disclosure_en": "Said"}):
        assert publishing_issues(draft_of(SOUND | {"kind": kind} | said)) == ()


@pytest.mark.parametrize(
    "url",
    [
        "http://e.org",
        "javascript:alert(1)",
        "https://",
        "https:///path",
        "https://user@e.org/",
        "https://e.org\\@f.org",
        "https://e.org/a b",
        "//e.org",
        "data:text/html,x",
        " https://e.org",
        "https://e.org/\nx",
    ],
)
def test_only_https_addresses_without_a_login_are_taken(url):
    assert not is_https(url)
    assert is_https("HTTPS://e.org/a?b=1#c")


drafts = st.builds(
    ItemDraft,
    code=st.text(max_size=5),
    kind=st.sampled_from(list(ItemKind)),
    title_zh=st.text(max_size=5),
    title_en=st.text(max_size=5),
    tags=st.lists(st.text(max_size=3), max_size=3).map(tuple),
    price_minor=st.none() | st.integers(0, 10**6),
    available_from=st.none() | st.datetimes(timezones=st.just(UTC)),
    stock=st.none() | st.integers(0, 9),
    attributes=st.dictionaries(st.text(max_size=3), st.text(max_size=3) | st.integers() | st.booleans(), max_size=3),
)


@given(drafts, drafts)
def test_two_drafts_have_one_hash_exactly_when_they_say_the_same(one, other):
    assert (content_hash(one) == content_hash(other)) == (one == other)


@given(drafts)
def test_the_hash_knows_instants_not_clocks_and_properties_in_any_order(draft):
    moved = draft
    if draft.available_from is not None and draft.available_from.year > 1:
        elsewhere = draft.available_from.astimezone(timezone(timedelta(hours=-8)))
        moved = replace(draft, available_from=elsewhere)
    turned = replace(moved, attributes=dict(reversed(draft.attributes.items())))
    assert content_hash(turned) == content_hash(draft)


def test_a_field_can_not_pass_for_its_neighbour():
    assert content_hash(draft_of(SOUND | {"title_zh": "x"})) != content_hash(draft_of(SOUND | {"brand": "x"}))
    assert content_hash(draft_of(SOUND | {"tags": ["a,b"]})) != content_hash(draft_of(SOUND | {"tags": ["a", "b"]}))
    assert content_hash(draft_of(SOUND | {"attributes": {"a": 1}})) != content_hash(
        draft_of(SOUND | {"attributes": {"a": "1"}})
    )


words = st.text(st.characters(blacklist_categories=("Cs", "Cc", "Zl", "Zp")), min_size=1, max_size=12)
names = words.map(str.strip).filter(lambda text: text and not set(text) & set(":："))
scalars = st.booleans() | st.integers(-(2**53), 2**53) | st.floats(allow_nan=False, allow_infinity=False) | words


@given(st.dictionaries(names, scalars.map(lambda v: v.strip() if isinstance(v, str) else v), max_size=5))
def test_properties_come_back_as_they_were_written(attributes):
    found = split_properties(join_properties(attributes))
    assert found == attributes
    assert {name: type(value) for name, value in found.items()} == {n: type(v) for n, v in attributes.items()}


def test_a_line_without_a_name_is_refused():
    for text in ("colour", ": red", "a: 1\n\nnothing"):
        with pytest.raises(PropertyLineError):
            split_properties(text)


def test_tags_are_parted_in_both_languages():
    assert split_tags("a, b，c；d;e|f、g\nh,, ,") == ("a", "b", "c", "d", "e", "f", "g", "h")
    assert split_tags(join_tags(("a", "b c"))) == ("a", "b c")
