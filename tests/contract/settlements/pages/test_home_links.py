"""Every number on the home dashboard opens the list that it sums, and that list sums to it."""

from datetime import UTC, datetime, timedelta

import pytest

from alliance.kernel.tenancy import organization_scope
from settlements.models import Period
from settlements.services.close_period import close_period
from tests.cast import signed_in
from tests.contract.settlements.pages.sales import get, sell, total
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


@pytest.fixture
def today():
    return datetime.now(tz=UTC)


@pytest.fixture
def busy(cast, today):
    """Three months of sales, the oldest closed; something in suspense."""
    last = today.replace(day=1) - timedelta(days=1)
    before = last.replace(day=1) - timedelta(days=1)
    sell(cast, OrderOf(10001, occurred_at=before), OrderOf(-501, occurred_at=before, kind="refund"), now=today)
    sell(cast, OrderOf(20003, occurred_at=last), OrderOf(3333, occurred_at=today), now=today)
    sell(cast, OrderOf(700, "south", today), OrderOf(50, "nobody", today), now=today)
    with organization_scope(cast.host.id):
        oldest = Period.objects.order_by("starts_on")[0]
        close_period(actor=cast.host.system, period_id=oldest.id, now=today)
    return cast


@pytest.mark.parametrize("who", ["host", "north"])
def test_each_figure_equals_its_list(busy, who):
    client = signed_in(getattr(busy, who).viewer)
    [panel] = get(client, "home").context["panels"]
    fields = {"This month": "share", "Next statement": "share", "Pending": "amount_minor", "Available": "amount_minor"}
    assert {stat.label for stat in panel.stats} == set(fields)
    for stat in panel.stats:
        assert stat.amount_minor, stat.label
        assert total(client.get(stat.href), fields[stat.label]) == stat.amount_minor, stat.label


@pytest.mark.parametrize("who", ["host", "north"])
def test_each_month_of_the_trend_equals_its_list(busy, who):
    client = signed_in(getattr(busy, who).viewer)
    [panel] = get(client, "home").context["panels"]
    amounts = [month.amount_minor for month in panel.months]
    assert [bool(amount) for amount in amounts] == [False] * 9 + [True] * 3
    assert [total(client.get(month.href), "share") for month in panel.months] == amounts


def test_each_queue_counts_its_list(busy):
    client = signed_in(busy.host.finance)
    queues = {queue.label: queue for queue in get(client, "home").context["queues"]}
    for label in ("Conversions waiting for an agreement", "Months ready to close"):
        page = client.get(queues[label].href)
        assert page.context["table"].paginator.count == queues[label].count > 0


def test_the_next_statement_leaves_closed_months_out(busy, today):
    """Another agreement's month may be closed already: its shares are not in the figure, nor in the list."""
    client = signed_in(busy.north.viewer)
    [panel] = get(client, "home").context["panels"]
    [stat] = [stat for stat in panel.stats if stat.label == "Next statement"]
    assert "status=open" in stat.href
    assert (stat.amount_minor, total(client.get(stat.href), "share")) == (8001, 8001)
