"""What changes between two versions of terms is named completely, whatever its place."""

import pytest

from partners.domain.difference import Change, difference, merged_order
from partners.domain.terms import Terms
from tests.domain.partners.terms.everything import RICH
from tests.domain.partners.terms.variants import variants
from tests.domain.partners.terms.written import (
    HOST,
    NORTH,
    SOUTH,
    clause,
    commission,
    condition,
    flat,
    split,
    terms_of,
    tiered,
    when,
)


def test_equal_terms_do_not_differ():
    assert difference(RICH, Terms.from_json(RICH.to_json())) == ()


def test_no_field_changes_unseen_and_swapping_swaps():
    swapped = {"added": "removed", "removed": "added", "changed": "changed"}
    for path, other in variants(RICH, (HOST, NORTH, SOUTH)):
        found = difference(RICH, other)
        assert found, path
        back = {(swapped[c.kind], c.path, str(c.after), str(c.before)) for c in difference(other, RICH)}
        assert {(c.kind, c.path, str(c.before), str(c.after)) for c in found} == back, path


def changes(before, after):
    return {(c.kind, c.path) for c in difference(before, after)}


def test_a_rate_is_one_change_named_by_its_clause():
    before = terms_of(clause(commission("10%"), id="courses"), clause(flat("1"), id="kits"))
    after = terms_of(clause(commission("12.5%"), id="courses"), clause(flat("1"), id="kits"))
    assert difference(before, after) == (Change("changed", "clauses.courses.pays.rate", "1/10", "1/8"),)


def test_another_order_of_clauses_is_a_change_by_itself():
    one, other = clause(commission("10%"), id="courses"), clause(flat("1"), id="kits")
    [change] = difference(terms_of(one, other), terms_of(other, one))
    assert change == Change("changed", "clauses.order", ["courses", "kits"], ["kits", "courses"])


def test_shares_are_named_by_party_and_purpose():
    before = terms_of(clause(split((HOST, "1/2"), (NORTH, "1/2"))), parties=(HOST, NORTH, SOUTH))
    after = terms_of(clause(split((HOST, "1/2"), (SOUTH, "1/2"))), parties=(HOST, NORTH, SOUTH))
    place = "clauses.sales.pays.shares"
    assert changes(before, after) == {("removed", f"{place}.{NORTH}.share"), ("added", f"{place}.{SOUTH}.share")}


def test_what_has_no_name_is_aligned_by_content():
    rows = [condition("country", "DE"), condition("person", "new"), condition("tag", "winter")]
    before = terms_of(clause(commission("10%"), when=when(*rows)))
    after = terms_of(clause(commission("10%"), when=when(*rows[1:], condition("coupon", "SPRING"))))
    place = "clauses.sales.when.0.all_of"
    assert changes(before, after) == {("removed", f"{place}.0"), ("added", f"{place}.2")}


def test_one_bound_of_many_tiers():
    tiers = [{"up_to": "1000", "rate": "30%"}, {"up_to": "5000", "rate": "35%"}, {"rate": "40%"}]
    before = terms_of(clause(tiered(*tiers)))
    after = terms_of(clause(tiered(tiers[0], {**tiers[1], "up_to": "6000"}, tiers[2])))
    assert difference(before, after) == (Change("changed", "clauses.sales.pays.tiers.1.up_to", "5000", "6000"),)


@pytest.mark.parametrize(
    ("before", "after", "merged"),
    [("abc", "abc", "abc"), ("abc", "axc", "abxc"), ("abc", "", "abc"), ("", "ab", "ab"), ("abc", "cb", "acb")],
)
def test_the_merged_order_has_every_name_once(before, after, merged):
    assert "".join(merged_order(before, after)) == merged
