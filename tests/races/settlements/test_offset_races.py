"""Debts that are offset while others close the other agreement or pay its balance out: once, and never money that has left."""

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.selectors import find_book, trial_balance
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH
from tests.contract.settlements.test_offset_debts import offset_rows, owing
from tests.orders import OrderOf
from tests.payouts import Desk, bank_account_of
from tests.races.together import together


@pytest.fixture
def agreements(committed):
    return owing()


def sums(market):
    with organization_scope(market.host.id):
        return trial_balance(find_book(alliance_id=market.alliance.id).id).totals()


def test_both_agreements_close_at_once_and_the_debt_is_paid_once(agreements):
    first, second = agreements
    second.sell(OrderOf(5000, partner_code="East", occurred_at=FEBRUARY), now=FEBRUARY)
    assert together(*(lambda each=each: each.close(FEBRUARY, now=MARCH) for each in agreements)) == [None, None]
    assert [[row.amount_minor for row in offset_rows(each)] for each in agreements] == [[3000], [-3000]]
    assert [each.owed() for each in agreements] == [0, 7000]
    assert sums(first) == {"EUR": 0}


def test_of_a_payout_and_an_offset_neither_takes_the_others_money(agreements):
    """Either the payment is set aside first and the debt stays, or the debt is paid and the payment no longer covered."""
    first, second = agreements
    bank_account_of(first.north, now=JANUARY)
    desk = Desk(first.host, first.alliance)
    batch_id = desk.prepare(now=FEBRUARY, agreement_ids=[second.agreement.id])
    sha256 = desk.batch(batch_id).content_sha256
    results = together(
        lambda: first.close(FEBRUARY, now=MARCH),
        lambda: desk.approve(batch_id, now=FEBRUARY, content_sha256=sha256),
    )
    assert results[0] is None
    paid, offset = -second.balance("in_transit", second.north), [row.amount_minor for row in offset_rows(first)]
    assert (paid, offset) in [(8000, []), (0, [3000])]
    assert bool(results[1].changed) is not bool(paid)
    assert second.balance("available", second.north) == -8000 + paid + sum(offset)
    assert first.balance("receivable", first.north) == 3000 - sum(offset)
    assert sums(first) == {"EUR": 0}
