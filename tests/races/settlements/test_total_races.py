"""Running totals under real threads: a cap holds to the cent, refunds of one order take back no more than it gave."""

from datetime import UTC, datetime

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.models import Accrual, Tally
from settlements.services import hold_tallies
from settlements.services.accrue_conversions import accrue_conversions
from tests.contract.settlements.market import Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf, recorded
from tests.races.settlements.test_accrual_races import at_once

pytestmark = pytest.mark.usefixtures("committed")

JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)


def capped_market():
    cap = {"id": "month", "party": str(written.NORTH), "amount": "10.00", "window": "month"}
    return Market([written.clause(written.commission("100%"))], caps=[cap])


def ten_at_once(market, amount):
    ids = recorded(market.alliance, [OrderOf(amount, occurred_at=JANUARY) for _ in range(10)], now=JANUARY)

    def accrue(conversion_id):
        with organization_scope(market.host.id):
            return accrue_conversions(actor=market.host.system, conversion_ids=[conversion_id], now=JANUARY)

    answers = at_once(*(lambda id_=id_: accrue(id_) for id_ in ids))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    return [amount or 0 for amount in market.earned(*ids)]


def test_d8_ten_sales_at_once_stay_within_a_cap():
    market = capped_market()
    assert sum(ten_at_once(market, 150)) == 1000
    with organization_scope(market.host.id):
        assert Tally.objects.get().amount_minor == 1500


def test_without_the_lock_they_exceed_it(monkeypatch):
    """The control: what the cap's total is held for."""
    monkeypatch.setattr(hold_tallies, "_HOLD", hold_tallies._HOLD.replace("FOR UPDATE OF t", ""))
    assert max(sum(ten_at_once(capped_market(), 150)) for _ in range(5)) > 1000


def test_refunds_at_once_take_back_what_was_given():
    market = Market([written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))])
    market.sell(OrderOf(999, occurred_at=JANUARY, reference="W-1"))
    refunds = [OrderOf(-333, kind="refund", refund_of="W-1", partner_code="", occurred_at=JANUARY) for _ in range(3)]
    ids = recorded(market.alliance, refunds, now=JANUARY)

    def accrue(conversion_id):
        with organization_scope(market.host.id):
            return accrue_conversions(actor=market.host.system, conversion_ids=[conversion_id], now=JANUARY)

    answers = at_once(*(lambda id_=id_: accrue(id_) for id_ in (*ids, *ids)))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    assert sorted(market.earned(*ids)) == [-134, -133, -133]
    with organization_scope(market.host.id):
        assert sum(accrual.base_minor for accrual in Accrual.objects.all()) == 0
