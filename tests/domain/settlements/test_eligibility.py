"""What of a balance is payable, and why the rest is not."""

from dataclasses import replace
from datetime import date
from decimal import Decimal
from uuid import UUID

import pytest

from partners.domain.terms.settling import Payout as PayoutRule
from settlements.payouts.domain.batch_content import BatchContent, PartContent, PayoutContent
from settlements.payouts.domain.eligibility import NO_RULE, LeftOut, Position, Reason, payable

FIRST, SECOND = UUID(int=1), UUID(int=2)
TODAY = date(2026, 3, 1)


def position(available, *, agreement_id=FIRST, rule=NO_RULE, currency="EUR", **more):
    given = {"spendable_minor": available, "owed_minor": 0, "is_in_a_draft": False, "since": None} | more
    return Position(
        agreement_id=agreement_id,
        currency=currency,
        agreement_currency=currency,
        available_minor=available,
        rule=rule,
        **given,
    )


def paid(*positions):
    due, left = payable(positions, today=TODAY)
    return due.amounts, left


def test_debts_under_one_agreement_stay_back_of_another():
    owing = position(0, agreement_id=SECOND, owed_minor=1500)
    amounts, left = paid(position(4000), owing)
    assert amounts == ((FIRST, 2500),)
    assert left == (LeftOut(FIRST, 1500, Reason.OWES),)


def test_who_owes_more_than_there_is_gets_nothing():
    amounts, left = paid(position(1000), position(500, agreement_id=SECOND, owed_minor=2000))
    assert amounts == ()
    assert sum(one.amount_minor for one in left) == 1500
    assert {one.reason for one in left} == {Reason.OWES}


@pytest.mark.parametrize(
    ("compare", "available", "amounts"),
    [
        ("at_least", 4999, ()),
        ("at_least", 5000, ((FIRST, 5000),)),
        ("exceeds", 5000, ()),
        ("exceeds", 5001, ((FIRST, 5001),)),
    ],
)
def test_s13_thresholds_to_the_cent(compare, available, amounts):
    rule = PayoutRule(threshold=Decimal(50), compare=compare)
    assert paid(position(available, rule=rule))[0] == amounts


def test_s49_a_whole_unit_currency_leaves_its_decimals():
    amounts, left = paid(position(1045, currency="HUF"))
    assert amounts == ((FIRST, 1000),)
    assert left == (LeftOut(FIRST, 45, Reason.BELOW_THRESHOLD),)


@pytest.mark.parametrize(("since", "is_paid"), [(date(2025, 3, 1), True), (date(2025, 3, 2), False), (None, False)])
def test_s53_twelve_months_under_the_threshold(since, is_paid):
    rule = PayoutRule(threshold=Decimal(50), flush_months=12)
    assert bool(paid(position(1200, rule=rule, since=since))[0]) is is_paid


def test_money_that_is_to_be_converted_waits():
    rule = PayoutRule(currency="USD")
    assert paid(position(1200, rule=rule)) == ((), (LeftOut(FIRST, 1200, Reason.OTHER_CURRENCY),))


def test_nothing_available_is_nothing_to_explain():
    assert paid(position(0), position(-500, agreement_id=SECOND)) == ((), ())


CONTENT = BatchContent(
    batch_id=UUID(int=7),
    reference="PB-000001",
    host_id=UUID(int=8),
    alliance_id=UUID(int=9),
    currency="EUR",
    gateway="manual",
    payouts=(
        PayoutContent("PO-1", UUID(int=3), 100, "a" * 64, (PartContent(FIRST, 110, 10, "ST-1", "b" * 64),)),
        PayoutContent("PO-2", UUID(int=4), 200, "c" * 64, (PartContent(FIRST, 200, 0, "", ""),)),
    ),
)


def test_the_hash_does_not_depend_on_the_order_in_which_rows_are_read():
    turned = replace(CONTENT, payouts=tuple(reversed(CONTENT.payouts)))
    assert turned.sha256() == CONTENT.sha256()


@pytest.mark.parametrize(
    "change",
    [
        {"amount_minor": 101},
        {"account_sha256": "d" * 64},
        {"organization_id": UUID(int=5)},
        {"parts": (PartContent(SECOND, 110, 10, "ST-1", "b" * 64),)},
        {"parts": (PartContent(FIRST, 110, 10, "ST-1", "e" * 64),)},
    ],
)
def test_any_change_is_another_hash(change):
    first, second = CONTENT.payouts
    changed = replace(CONTENT, payouts=(replace(first, **change), second))
    assert changed.sha256() != CONTENT.sha256()
