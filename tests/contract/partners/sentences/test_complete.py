"""The sentences say everything that the terms say: no field changes in silence, in either language."""

import re
from itertools import islice

import pytest

from partners.catalogue.domain.items import ItemKind
from partners.domain.terms import Terms, TermsError
from partners.sentences import sections_of_terms
from partners.sentences.conditions import ITEM_KINDS
from tests.domain.partners.terms.everything import RICH
from tests.domain.partners.terms.variants import variants
from tests.domain.partners.terms.written import (
    HOST,
    NORTH,
    SOUTH,
    clause,
    commission,
    condition,
    terms_of,
    when,
)

NAMES = {HOST: "Lectern", NORTH: "North Fitness", SOUTH: "South Motors"}
SILENT = {r"clauses\.\d+\.pays\.steps\.(.*\.)?take\.of": "an amount is a part of nothing, whatever the field says"}
UNSPEAKABLE = "earns_on"  # with conditions that its kind can't have, there is no sentence at all


def said(terms: Terms, language: str) -> list[str]:
    sections = sections_of_terms(terms, NAMES, language=language)
    return [text for s in sections for p in s.passages for text in (s.title, p.title, *(x.text for x in p.sentences))]


def is_possible(terms: Terms) -> bool:
    try:
        Terms.from_json(terms.to_json())
    except TermsError:
        return False
    return True


@pytest.mark.parametrize(("language", "step"), [("en", 1), ("zh-hans", 4)])
def test_no_field_changes_in_silence(language, step):
    before = said(RICH, language)
    looked_at = 0
    for path, other in islice(variants(RICH, tuple(NAMES)), 0, None, step):
        if path[-1] == UNSPEAKABLE and not is_possible(other):
            continue
        looked_at += 1
        place = ".".join(path)
        is_listed = any(re.fullmatch(pattern, place) for pattern in SILENT)
        assert is_listed or said(other, language) != before or not is_possible(other), f"{place} changes in silence"
    assert looked_at > 500 / step


@pytest.mark.parametrize("language", ["en", "zh-hans"])
def test_every_sentence_has_a_place_of_its_own(language):
    sections = sections_of_terms(RICH, NAMES, language=language)
    keys = [sentence.key for section in sections for sentence in section.sentences]
    assert len(set(keys)) == len(keys)


def test_names_amounts_shares_and_days_are_exact_in_both_languages():
    terms = terms_of(
        clause(
            commission("1/3", minimum="1234.5", maximum="20000"),
            when=when(condition("amount", "0.0125", "more_than"), condition("date", "2026-05-01", "from")),
        ),
        parties=(HOST, NORTH),
    )
    english = " ".join(said(terms, "en"))
    chinese = " ".join(said(terms, "zh-hans"))
    assert "North Fitness earns 1/3 of the base; Lectern pays it" in english
    assert "of more than 0.0125\u00a0EUR on or after May 1, 2026" in english
    assert "at least 1,234.50\u00a0EUR" in english
    assert "20,000.00\u00a0EUR" in chinese
    assert "2026年5月1日" in chinese


def test_conditions_read_as_one_description():
    conditions = [
        condition("amount", "150.00", "more_than"),
        condition("country", "DE"),
        condition("person", "new"),
        condition("item_kind", "course"),
    ]
    terms = terms_of(clause(commission("10%"), when=when(*conditions)), clause(commission("5%"), id="rest"))
    wanted = "It applies to sales of courses to new persons in Germany of more than 150.00\u00a0EUR."
    assert wanted in said(terms, "en")
    assert "适用于商品类型为课程、面向新受众、位于德国且金额超过 150.00\u00a0EUR的销售。" in said(terms, "zh-hans")


def test_an_organization_that_the_reader_does_not_see_is_named_by_its_id():
    sections = sections_of_terms(RICH, {HOST: "Lectern"}, language="en")
    assert any(str(NORTH) in sentence.text for section in sections for sentence in section.sentences)


def test_every_kind_of_item_has_a_word():
    assert set(ITEM_KINDS) == set(ItemKind)
