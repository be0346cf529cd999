"""Pooled revenue: R = α·R_host + β·R_partner, from what both report, settled with the close."""

import pytest
from django.db import DatabaseError

from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, organization_scope
from settlements.models import Adjustment, Period, ReportedRevenue
from settlements.services.adjust_for_terms import RevenueMissingError
from settlements.services.report_revenue import (
    NegativeRevenueError,
    PeriodIsClosedError,
    RevenueNotPooledError,
    report_revenue,
)
from tests.cast import host_organization
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.contract.settlements.test_closing_terms import BEGIN, SHARED, figures
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


def pooled(pays):
    weights = [{"party": str(written.HOST), "weight": "60%"}, {"party": str(written.NORTH), "weight": "40%"}]
    return written.clause(pays, id="pool", name="Joint campaign", earns_on="pooled_revenue", pool=weights)


def january(market):
    with organization_scope(market.host.id):
        return Period.objects.get(starts_on=BEGIN).id


def report(market, party, amount_minor, role=Role.FINANCE, period_id=None):
    period_id = period_id or january(market)
    with organization_scope(party.id):
        report_revenue(actor=party.actor(role), period_id=period_id, amount_minor=amount_minor, now=FEBRUARY)


def a_market(pays):
    market = Market([pooled(pays)], effective_from=BEGIN)
    market.follow_terms(JANUARY)
    return market


def test_the_pool_is_shared_and_each_gives_what_it_put_in(db):
    """0.6 · 1000.00 + 0.4 · 2000.00 = 1,400.00; halves are 700.00; the partner put in 800.00."""
    market = a_market(written.split((written.HOST, "1/2"), (written.NORTH, "1/2")))
    report(market, market.host, 100000)
    report(market, market.north, 200000)
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        adjustment = Adjustment.objects.get()
    assert (adjustment.details["pool_minor"], adjustment.amount_minor) == (140000, -10000)
    assert figures(market.statement(1)) == (0, 0, -10000, 0, -10000)


def test_who_earns_on_the_pool_is_paid_by_its_payer(db):
    market = a_market(written.commission("10%"))
    report(market, market.host, 100000)
    report(market, market.north, 200000)
    market.close(JANUARY, now=FEBRUARY)
    assert market.statement(1).closing_minor == 14000
    assert market.statement(1, market.host).closing_minor == -14000


def test_nothing_closes_before_everybody_has_reported(db):
    market = a_market(written.commission("10%"))
    report(market, market.host, 100000)
    with pytest.raises(RevenueMissingError):
        market.close(JANUARY, now=FEBRUARY)
    report(market, market.north, 0)
    market.close(JANUARY, now=FEBRUARY)
    assert market.statement(1).closing_minor == 6000


def test_it_may_be_corrected_until_the_close_and_everybody_reads_it(db):
    market = a_market(written.commission("10%"))
    report(market, market.north, 5)
    report(market, market.north, 7)
    report(market, market.host, 3)
    with organization_scope(market.north.id):
        assert sorted(ReportedRevenue.objects.values_list("amount_minor", flat=True)) == [3, 7]
    market.close(JANUARY, now=FEBRUARY)
    with pytest.raises(PeriodIsClosedError):
        report(market, market.north, 9)
    with organization_scope(market.north.id), pytest.raises(DatabaseError), atomic():
        ReportedRevenue.objects.filter(organization_id=market.north.id).update(amount_minor=9)


def test_what_is_refused(db):
    market = a_market(written.commission("10%"))
    with pytest.raises(NegativeRevenueError):
        report(market, market.north, -1)
    stranger = host_organization(name="Stranger")
    with pytest.raises(NotFoundError):
        report(market, stranger, 1, Role.OWNER, january(market))
    with pytest.raises(NotPermittedError):
        report(market, market.north, 1, Role.VIEWER)
    plain = Market([SHARED], effective_from=BEGIN)
    plain.sell(OrderOf(1000, occurred_at=JANUARY))
    with pytest.raises(RevenueNotPooledError):
        report(plain, plain.north, 1)
