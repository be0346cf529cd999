"""Settlement by other schedules than months."""

from datetime import UTC, datetime

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.models import Period
from tests.contract.settlements.market import Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

LATER = datetime(2026, 3, 15, 12, 0, tzinfo=UTC)


def sold(market, *instants):
    market.sell(*(OrderOf(1000, occurred_at=instant) for instant in instants), now=LATER)
    with organization_scope(market.host.id):
        return [str(period) for period in Period.objects.order_by("starts_on")]


def test_weeks_end_with_their_weekday(db):
    market = Market([written.clause(written.commission("10%"))], periods={"schedule": "weekly", "weekday": 7})
    days = [datetime(2026, 1, day, 12, tzinfo=UTC) for day in (4, 5, 11, 12)]
    assert sold(market, *days) == ["2025-12-29/2026-01-04", "2026-01-05/2026-01-11", "2026-01-12/2026-01-18"]


def test_a_cut_off_moves_the_night_to_the_day_before(db):
    market = Market(
        [written.clause(written.commission("10%"))], periods={"schedule": "half_monthly", "cut_off": "04:00"}
    )
    nights = [datetime(2026, 1, 16, hour, tzinfo=UTC) for hour in (3, 4)]
    assert sold(market, *nights) == ["2026-01-01/2026-01-15", "2026-01-16/2026-01-31"]
    with organization_scope(market.host.id):
        first = Period.objects.order_by("starts_on")[0]
    assert first.ends_at == nights[1]


def test_quarters(db):
    market = Market([written.clause(written.commission("10%"))], periods={"schedule": "quarterly"})
    days = [datetime(2026, month, 2, 12, tzinfo=UTC) for month in (1, 3)]
    assert sold(market, *days) == ["2026-01-01/2026-03-31"]
