"""The figures of the home dashboard: each is the sum of a list."""

from datetime import UTC, date, datetime

import pytest

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import organization_scope
from settlements.models import Period
from settlements.selectors import explain_accrual, home_figures
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from tests.cast import full_cast
from tests.orders import OrderOf, recorded

pytestmark = pytest.mark.django_db

DECEMBER = datetime(2025, 12, 10, 12, 0, tzinfo=UTC)
JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 15, 12, 0, tzinfo=UTC)


@pytest.fixture
def cast(db):
    return full_cast()


def sell(cast, amount, at, partner_code="north"):
    [conversion_id] = recorded(cast.alliance, [OrderOf(amount, partner_code, at)], now=at)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=[conversion_id], now=at)
    return conversion_id


def close(cast, month):
    with organization_scope(cast.host.id):
        period_id = Period.objects.get(starts_on__month=month).id
        close_period(actor=cast.host.actor(), period_id=period_id, now=FEBRUARY)


def figures(party, now=FEBRUARY):
    with organization_scope(party.id):
        return home_figures(organization_id=party.id, now=now)


def test_nothing_yet(cast):
    assert figures(cast.north).currencies == ()


def test_closed_and_open_periods_add_up_to_one_trend(cast):
    for at, amount in ((DECEMBER, 10000), (JANUARY, 5000), (FEBRUARY, 1000)):
        sell(cast, amount, at)
    close(cast, 12)
    [euro] = figures(cast.north).currencies
    assert euro.currency == "EUR"
    assert dict(euro.trend)["2025-12"] == 4000
    assert dict(euro.trend)["2026-01"] == 2000
    assert euro.this_month_minor == dict(euro.trend)["2026-02"] == 400
    assert len(euro.trend) == 12
    assert (euro.pending_minor, euro.available_minor) == (2400, 4000)
    assert (euro.next_statement_on, euro.next_statement_minor) == (date(2026, 2, 4), 2000)


def test_the_host_sees_its_own_share_and_what_it_owes(cast):
    sell(cast, 10000, JANUARY)
    sell(cast, 700, JANUARY, partner_code="south")
    found = figures(cast.host)
    [euro] = found.currencies
    assert dict(euro.trend)["2026-01"] == 6000
    assert euro.pending_minor == 4000
    assert (found.suspense_count, found.periods_ready_to_close) == (1, 1)


def test_a_stranger_sees_nothing(cast):
    sell(cast, 10000, JANUARY)
    for party in (cast.south, cast.stranger):
        assert figures(party).currencies == ()


def test_the_number_of_queries_stays(cast, django_assert_max_num_queries):
    for at in (DECEMBER, JANUARY, FEBRUARY):
        sell(cast, 10000, at)
    close(cast, 12)
    with organization_scope(cast.north.id), django_assert_max_num_queries(14):
        home_figures(organization_id=cast.north.id, now=FEBRUARY)


def test_explaining_an_accrual(cast):
    conversion_id = sell(cast, 999, JANUARY)
    with organization_scope(cast.north.id):
        found = explain_accrual(conversion_id=conversion_id)
    assert (found.base_minor, found.month, found.section) == (999, "2026-01", "current")
    assert found.journal_key == f"accrual:{conversion_id}"
    assert found.explanation["evaluation"]["because"][0]["because"][0]["because"][1]["exact"] == "1998/5"
    with organization_scope(cast.stranger.id), pytest.raises(NotFoundError):
        explain_accrual(conversion_id=conversion_id)
