"""Shares as people write them."""

from fractions import Fraction
from uuid import UUID, uuid4

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.domain.shares import format_share, parse_share, parse_shares
from partners.domain.terms import Terms, TermsError


@pytest.mark.parametrize(
    ("text", "share"),
    [
        ("62.5", Fraction(5, 8)),
        (" 62.5 % ", Fraction(5, 8)),
        ("62.5\uff05", Fraction(5, 8)),
        ("1/3", Fraction(1, 3)),
        ("1\uff0f3", Fraction(1, 3)),
        ("2 / 6", Fraction(1, 3)),
        ("0", Fraction(0)),
        ("100", Fraction(1)),
    ],
)
def test_one_share(text, share):
    assert parse_share(text) == share


@pytest.mark.parametrize("text", ["", "forty", "1/0", "-5", "1e2", "NaN", "1/3/5", "٤٠", "1_0", "0x10", "1,5"])
def test_unreadable(text):
    with pytest.raises(TermsError) as caught:
        parse_share(text)
    assert (caught.value.field, caught.value.code) == ("shares", "shares_unreadable")


@pytest.mark.parametrize(
    ("texts", "shares"),
    [
        (("60", "40"), (Fraction(3, 5), Fraction(2, 5))),
        (("0.6", "0.4"), (Fraction(3, 5), Fraction(2, 5))),
        (("0.5", "99.5"), (Fraction(1, 200), Fraction(199, 200))),
        (("1", "0"), (Fraction(1), Fraction(0))),
        (("1/2", "0.5"), (Fraction(1, 2), Fraction(1, 2))),
        (("1/2", "50"), (Fraction(1, 2), Fraction(1, 2))),
        (("1/3", "1/3", "1/3"), (Fraction(1, 3),) * 3),
    ],
)
def test_bare_numbers_are_percent_or_decimals_whichever_adds_up(texts, shares):
    assert parse_shares(texts) == shares


@given(st.lists(st.integers(0, 10**6), min_size=2, max_size=6).filter(any))
def test_what_is_written_reads_back_exactly(weights):
    shares = tuple(Fraction(weight, sum(weights)) for weight in weights)
    assert parse_shares([format_share(share) for share in shares]) == shares


def test_written_for_people():
    assert [format_share(s) for s in (Fraction(1), Fraction(5, 8), Fraction(1, 3), Fraction(0))] == [
        "100 %",
        "62.5 %",
        "1/3",
        "0 %",
    ]


def _terms(*shares: Fraction, currency: str = "EUR", zone: str = "UTC") -> Terms:
    return Terms.of_shares(currency=currency, time_zone=zone, shares=[(uuid4(), share) for share in shares])


@pytest.mark.parametrize(
    ("make", "field", "code"),
    [
        (lambda: _terms(Fraction(1)), "parties", "too_few"),
        (lambda: _terms(Fraction(1, 2), Fraction(1, 3)), "clauses.0.pays.shares", "shares_do_not_sum_to_one"),
        (lambda: _terms(Fraction(3, 2), Fraction(-1, 2)), "clauses.0.pays.shares.0.share", "share_over_one"),
        (lambda: _terms(Fraction(1, 2), Fraction(1, 2), currency="XXQ"), "currency", "unknown_currency"),
        (lambda: _terms(Fraction(1, 2), Fraction(1, 2), zone="Mars/Olympus"), "time_zone", "unknown_time_zone"),
        (lambda: _terms(Fraction(1, 2), Fraction(1, 2), zone="../../etc/passwd"), "time_zone", "unknown_time_zone"),
        (lambda: Terms.from_json({"schema": 99}), "schema", "not_a_choice"),
        (lambda: Terms.from_json({"schema": 1}), "terms", "malformed"),
        (lambda: Terms.from_json({}), "currency", "missing"),
        (lambda: Terms.from_json("terms"), "terms", "malformed"),
    ],
)
def test_impossible_terms_name_the_field(make, field, code):
    with pytest.raises(TermsError) as caught:
        make()
    assert (caught.value.field, caught.value.code) == (field, code)


def test_a_party_twice():
    twice = (UUID(int=1), Fraction(1, 2))
    with pytest.raises(TermsError, match="party_twice"):
        Terms.of_shares(currency="EUR", time_zone="UTC", shares=[twice, twice])


@given(st.lists(st.integers(0, 1000), min_size=2, max_size=5).filter(any))
def test_terms_survive_their_stored_form(weights):
    terms = _terms(*(Fraction(weight, sum(weights)) for weight in weights))
    again = Terms.from_json(terms.to_json())
    assert again == terms
    assert again.sha256 == terms.sha256


def test_the_plain_splits_of_the_first_schema_are_still_read():
    parties = [uuid4(), uuid4()]
    stored = {
        "schema": 1,
        "currency": "EUR",
        "time_zone": "UTC",
        "remainder": "first_in_order",
        "shares": [{"organization_id": str(party), "share": "1/2"} for party in parties],
    }
    terms = Terms.from_json(stored)
    assert [(s.party, s.share) for s in terms.plain_shares or ()] == [(party, Fraction(1, 2)) for party in parties]
    assert terms.rounding.remainder == "first_in_order"
