"""The split of a conversion and its explanation: the parts, and every step as JSON."""

import json
from datetime import UTC, datetime
from fractions import Fraction

from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.ids import new_id
from alliance.kernel.money import RemainderPolicy, explain_allocation
from partners.domain.terms import Terms
from partners.domain.timeline import TermsInForce
from settlements.domain.evaluation import Evaluator

HOST, FIRST, SECOND = new_id(), new_id(), new_id()
SHARES = (Fraction(5, 8), Fraction(1, 4), Fraction(1, 8))


def version(policy, parties=(HOST, FIRST, SECOND)):
    shares = list(zip(parties, SHARES, strict=True))
    terms = Terms.of_shares(currency="EUR", time_zone="UTC", remainder=policy, shares=shares)
    return TermsInForce(
        new_id(), new_id(), new_id(), 3, terms, datetime(2020, 1, 1, tzinfo=UTC), None, tuple(parties), "ab" * 32
    )


@given(st.integers(-(10**12), 10**12), st.sampled_from(list(RemainderPolicy)))
def test_the_explanation_says_what_the_allocation_did(base, policy):
    terms = version(policy)
    found = Evaluator(terms, host_id=HOST).evaluate(base)
    expected = explain_allocation(base, SHARES, policy=policy, platform=0)
    told = json.loads(found.explanation)
    assert "\n" not in found.explanation
    assert found.parts_minor == expected.parts
    assert sum(found.parts_minor) + found.unassigned_minor == base == told["base_minor"]
    assert told["terms"] == {"version_id": str(terms.version_id), "number": 3, "sha256": "ab" * 32}
    assert [Fraction(p["exact"]) for p in told["parties"]] == list(expected.exact)
    assert [p["share"] for p in told["parties"]] == ["5/8", "1/4", "1/8"]
    assert [p["floor_minor"] + p["extra_minor"] for p in told["parties"]] == list(expected.parts)
    assert told["remainder"] == {
        "policy": policy.value,
        "units_minor": expected.remainder_minor,
        "to": [str((HOST, FIRST, SECOND)[i]) for i in expected.receivers],
        "unassigned_minor": expected.unassigned_minor,
    }


def test_a_host_without_a_share_is_no_platform_to_favour():
    terms = version(RemainderPolicy.PLATFORM_KEEPS, parties=(new_id(), FIRST, SECOND))
    assert sum(Evaluator(terms, host_id=HOST).evaluate(101).parts_minor) == 101
