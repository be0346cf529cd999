"""The split of a conversion and its explanation: the parts, and every step as JSON."""

import json
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.ids import new_id
from alliance.kernel.money import RemainderPolicy, explain_allocation
from partners.domain.evaluation import Facts, evaluate
from partners.domain.terms import Terms
from partners.domain.timeline import TermsInForce
from settlements.domain.plain_split import PlainSplit

HOST, FIRST, SECOND = new_id(), new_id(), new_id()
SHARES = (Fraction(5, 8), Fraction(1, 4), Fraction(1, 8))


def version(policy, parties=(HOST, FIRST, SECOND)):
    shares = list(zip(parties, SHARES, strict=True))
    terms = Terms.of_shares(currency="EUR", time_zone="UTC", remainder=policy, shares=shares)
    return TermsInForce(
        new_id(), new_id(), new_id(), 3, terms, datetime(2020, 1, 1, tzinfo=UTC), None, tuple(parties), "ab" * 32
    )


def plain(terms):
    return PlainSplit(terms, terms.terms.plain_shares, host_id=HOST)


@given(st.integers(-(10**12), 10**12), st.sampled_from(list(RemainderPolicy)))
def test_the_explanation_says_what_the_allocation_did(base, policy):
    terms = version(policy)
    found = plain(terms).outcome(base)
    expected = explain_allocation(base, SHARES, policy=policy, platform=0)
    told = json.loads(found.explanation)
    assert "\n" not in found.explanation
    assert found.shares == tuple(zip((HOST, FIRST, SECOND), expected.parts, strict=True))
    assert sum(part for _, part in found.shares) + found.unassigned_minor == base == found.base_minor
    named = {"version_id": str(terms.version_id), "number": 3, "sha256": "ab" * 32, "remainder": policy.value}
    assert told["terms"] == named
    *shares, remainder = told["evaluation"]["because"][0]["because"][0]["because"]
    assert [Fraction(step["exact"]) for step in shares] == list(expected.exact)
    assert [step["share"] for step in shares] == ["5/8", "1/4", "1/8"]
    assert [step["amount_minor"] for step in shares] == list(expected.parts)
    assert [step["amount_minor"] - step["extra_minor"] for step in shares] == list(expected.floors)
    assert remainder == {"step": "remainder", "policy": policy.value, "units_minor": expected.remainder_minor}


@given(st.integers(-(10**12), 10**12))
def test_it_says_what_the_general_evaluation_says(base):
    terms = version(RemainderPolicy.LARGEST_REMAINDER)
    facts = Facts(occurred_at=datetime(2026, 1, 1, tzinfo=UTC), amount_minor=base)
    general = evaluate(terms.terms, facts, host=HOST).explanation.to_json()
    assert json.loads(plain(terms).outcome(base).explanation)["evaluation"]["amount_minor"] == general["amount_minor"]
    if base > 0:
        assert json.loads(plain(terms).outcome(base).explanation)["evaluation"] == general


def test_a_host_without_a_share_is_no_platform_to_favour():
    terms = version(RemainderPolicy.PLATFORM_KEEPS, parties=(new_id(), FIRST, SECOND))
    assert sum(part for _, part in plain(terms).outcome(101).shares) == 101
