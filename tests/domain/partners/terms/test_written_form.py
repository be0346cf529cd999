"""The JSON of terms: exact, canonical, and described by the published schema."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st
from jsonschema import Draft202012Validator

from partners.domain.terms import Terms
from partners.domain.terms.json_schema import terms_json_schema
from tests.domain.partners.terms.everything import EVERYTHING
from tests.domain.partners.terms.written import (
    HOST,
    clause,
    commission,
    split,
    terms_of,
    written,
)


def test_everything_that_terms_can_say_survives_its_stored_form():
    terms = Terms.from_json(EVERYTHING)
    stored = json.loads(json.dumps(terms.to_json()))
    assert Terms.from_json(stored) == terms
    assert Terms.from_json(stored).sha256 == terms.sha256
    assert terms.plain_shares is None


def test_the_same_content_has_one_form():
    one = terms_of(clause(commission("20%", minimum="5.00")))
    other = terms_of(clause(commission("1/5", minimum="5")), caps=[], reserve=None)
    assert one.to_json() == other.to_json()
    assert one.sha256 == other.sha256


@pytest.mark.parametrize("given", [EVERYTHING, written(), terms_of().to_json()])
def test_valid_terms_fit_the_published_schema(given):
    Draft202012Validator.check_schema(terms_json_schema())
    Draft202012Validator(terms_json_schema()).validate(given)


@pytest.mark.parametrize(
    "more",
    [{"bonus": 1}, {"currency": 5}, {"clauses": []}, {"hold": {"days": -1}}, {"reserve": {"share": "0.1", "days": 9}}],
)
def test_the_published_schema_refuses_what_validation_refuses(more):
    assert list(Draft202012Validator(terms_json_schema()).iter_errors({**written(), **more}))


@given(st.lists(st.integers(1, 10**6), min_size=2, max_size=6))
def test_shares_are_kept_exactly(weights):
    parties = tuple(HOST.__class__(int=number + 1) for number in range(len(weights)))
    shares = [(party, f"{weight}/{sum(weights)}") for party, weight in zip(parties, weights, strict=True)]
    terms = terms_of(clause(split(*shares)), parties=parties)
    assert sum(share.share for share in terms.plain_shares or ()) == 1
    assert Terms.from_json(terms.to_json()) == terms
