"""Two versions side by side: sentences aligned, the words and numbers that differ marked."""

import pytest

from partners.sentences import sections_of_terms
from partners.sentences.difference import compared
from tests.domain.partners.terms.everything import RICH
from tests.domain.partners.terms.variants import variants
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH, clause, commission, flat, terms_of

NAMES = {HOST: "Lectern", NORTH: "North Fitness", SOUTH: "South Motors"}


def differ(before, after, language="en"):
    return compared(*(sections_of_terms(terms, NAMES, language=language) for terms in (before, after)))


def marked(pieces):
    return [piece.text for piece in pieces if piece.is_marked]


def rows(found, kind):
    return [row for s in found.sections for p in s.passages for row in p.rows if row.kind == kind]


@pytest.mark.parametrize(("language", "old", "new"), [("en", "12.5%", "15%"), ("zh-hans", "12.5%", "15%")])
def test_a_changed_rate_marks_the_number_alone(language, old, new):
    before, after = (terms_of(clause(commission(rate))) for rate in ("12.5%", "15%"))
    found = differ(before, after, language)
    [row] = rows(found, "changed")
    assert (marked(row.before), marked(row.after)) == ([old], [new])
    assert (found.count("changed"), found.count("added"), found.count("removed")) == (1, 0, 0)
    assert [section.title for section in found.changed] == [{"en": "What earns"}.get(language, "收益来源")]


def test_nothing_is_lost_or_invented():
    for _path, other in list(variants(RICH, tuple(NAMES)))[::29]:
        if _path[-1] == "earns_on":
            continue
        found = differ(RICH, other)
        for side, terms in (("before", RICH), ("after", other)):
            texts = {s.text for section in sections_of_terms(terms, NAMES, language="en") for s in section.sentences}
            shown = {
                "".join(piece.text for piece in getattr(row, side))
                for s in found.sections
                for p in s.passages
                for row in p.rows
            }
            assert shown - {""} == texts


def test_a_new_clause_and_a_dropped_one_stand_alone():
    before = terms_of(clause(commission("10%")), clause(flat("1"), id="old", is_bonus=True))
    after = terms_of(clause(commission("10%")), clause(flat("2"), id="new", is_bonus=True))
    found = differ(before, after)
    assert {row.before for row in rows(found, "added")} == {()}
    assert {row.after for row in rows(found, "removed")} == {()}
    titles = [passage.title for section in found.changed for passage in section.changed]
    assert titles == ["Clause old", "Clause new"]


def test_sentences_with_little_in_common_are_marked_as_wholes():
    before = terms_of(refunds={"bearer": "party", "party": str(HOST)})
    found = differ(before, terms_of())
    [row] = rows(found, "changed")
    assert len(row.before) == len(row.after) == 1


def test_equal_versions_have_no_changes():
    found = differ(RICH, RICH)
    assert found.changed == ()
    assert found.count("same") > 50
