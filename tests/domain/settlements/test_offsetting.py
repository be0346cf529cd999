"""Between which agreements debts are offset, and how much."""

from uuid import UUID

import pytest

from partners.domain.terms import Terms
from settlements.domain.offsetting import Side, may_offset, offsets
from tests.domain.partners.terms import written

A, B, C = (UUID(int=number) for number in (11, 12, 13))
TAX = [{"party": str(written.NORTH), "rate": "30%"}]
VAT = [{"party": str(written.NORTH), "treatment": "standard", "rate": "19%"}]


def terms(**more):
    shared = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))
    return Terms.from_json(
        {
            "schema": 2,
            "currency": "EUR",
            "time_zone": "UTC",
            "parties": [str(written.HOST), str(written.NORTH)],
            "clauses": [shared],
            "debts": {"offset": "other_agreements"},
            **more,
        }
    )


@pytest.mark.parametrize(
    ("own", "other", "expected"),
    [
        ({}, {}, True),
        ({"debts": None}, {}, False),
        ({}, {"debts": None}, False),
        ({}, {"currency": "USD"}, False),
        ({}, {"payouts": [{"currency": "USD"}]}, False),
        ({"payouts": [{"currency": "USD"}]}, {"payouts": [{"currency": "USD"}]}, False),
        ({"withholding": TAX}, {}, False),
        ({"withholding": TAX}, {"withholding": [{**TAX[0], "rounding": "down"}]}, False),
        ({"withholding": TAX}, {"withholding": [{**TAX[0], "name": "Tax"}]}, True),
        ({"withholding": TAX, "value_added_tax": VAT}, {"withholding": TAX}, False),
        ({"value_added_tax": VAT}, {}, True),
    ],
)
def test_both_terms_must_say_so_and_pay_alike(own, other, expected):
    assert may_offset(terms(**own), terms(**other), written.NORTH) is expected
    assert not may_offset(terms(**own), terms(**other), written.SOUTH)


@pytest.mark.parametrize(
    ("own", "others", "expected"),
    [
        (Side(0, 30), {B: Side(80, 0)}, {B: 30}),
        (Side(0, 100), {B: Side(80, 0), C: Side(50, 0)}, {B: 80, C: 20}),
        (Side(50, 0), {B: Side(0, 30), C: Side(0, 30)}, {B: -30, C: -20}),
        (Side(0, 30), {B: Side(0, 30)}, {}),
        (Side(0, 0), {B: Side(80, 30)}, {}),
        (Side(50, 0), {B: Side(0, 0)}, {}),
    ],
)
def test_never_more_than_there_is_or_is_owed(own, others, expected):
    assert offsets(own, others, sorted(others)) == expected


def test_terms_that_say_nothing_of_it_have_the_hash_that_they_had():
    silent = terms(debts=None)
    assert "debts" not in silent.to_json()
    assert terms().sha256 != silent.sha256
