"""The clock and the command close what is due, and nothing else."""

from datetime import UTC, datetime, timedelta
from io import StringIO

import pytest
from django.core.management import call_command

from alliance.kernel.inline import work_off
from alliance.kernel.tenancy import organization_scope
from settlements.models import Period, PeriodClose, Statement
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_due_periods import close_due_periods
from tests.cast import full_cast
from tests.orders import OrderOf, recorded

pytestmark = pytest.mark.usefixtures("committed")

GRACE = timedelta(days=3)


def at(month, day=15):
    return datetime(2026, month, day, 12, tzinfo=UTC)


@pytest.fixture
def cast(committed):
    cast = full_cast()
    ids = recorded(cast.alliance, [OrderOf(100, occurred_at=at(month)) for month in (1, 2, 3)], now=at(3))
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=at(3))
    return cast


def closed_months(cast):
    with organization_scope(cast.host.id):
        return sorted(Period.objects.filter(status="closed").values_list("starts_on__month", flat=True))


@pytest.mark.parametrize(
    ("now", "closed"),
    [
        (datetime(2026, 3, 3, 23, 59, tzinfo=UTC), [1]),
        (datetime(2026, 3, 4, tzinfo=UTC), [1, 2]),
    ],
)
def test_what_ended_long_enough_ago_is_closed_in_order(cast, now, closed):
    close_due_periods(now=now, grace=GRACE)
    close_due_periods(now=now, grace=GRACE)
    with organization_scope(cast.host.id):
        assert PeriodClose.objects.count() == 1
    work_off(cast.host.id)
    assert closed_months(cast) == closed


def test_the_command_closes_here_and_now(cast):
    call_command("close_periods", stdout=StringIO())
    assert closed_months(cast) == [1, 2, 3]
    with organization_scope(cast.north.id):
        assert Statement.objects.count() == 3
