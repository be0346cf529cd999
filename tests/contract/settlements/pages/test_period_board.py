"""The months of agreements: the board, and what one month sums."""

from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.models import Accrual, Period
from tests.cast import full_cast, signed_in
from tests.contract.settlements.pages.sales import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    LAST_OF_JANUARY,
    close,
    get,
    listed,
    period_of,
    sell,
    shows,
    total,
)
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


@pytest.fixture
def sold(cast):
    sell(
        cast,
        OrderOf(1000, occurred_at=DECEMBER),
        OrderOf(2000, occurred_at=JANUARY),
        OrderOf(3000, occurred_at=LAST_OF_JANUARY),
        OrderOf(4000, occurred_at=FEBRUARY),
    )
    return cast


@pytest.mark.parametrize("who", ["host", "north"])
def test_a_month_sums_its_days_with_the_last_one(sold, who):
    client = signed_in(getattr(sold, who).viewer)
    page = get(client, "period", period_of(sold, JANUARY))
    accruals = client.get(page.context["accruals_url"])
    assert page.context["figures"]["count"] == accruals.context["table"].paginator.count == 2
    assert page.context["figures"]["share"] == total(accruals, "share") == {"host": 3000, "north": 2000}[who]
    assert "to=2026-01-31" in page.context["accruals_url"]


@pytest.mark.parametrize("zone", ["Asia/Shanghai", "America/New_York", "Pacific/Auckland"])
def test_the_last_day_is_the_agreements(db, zone):
    cast = full_cast(time_zone=zone)
    sell(cast, *(OrderOf(1000, occurred_at=at) for at in (DECEMBER, JANUARY, LAST_OF_JANUARY, FEBRUARY)))
    client = signed_in(cast.north.viewer)
    with organization_scope(cast.host.id):
        counts = {period.id: Accrual.objects.filter(period=period).count() for period in Period.objects.all()}
    assert sum(counts.values()) == 4
    for period_id, count in counts.items():
        accruals = client.get(get(client, "period", period_id).context["accruals_url"])
        assert accruals.context["table"].paginator.count == count


def test_late_ones_are_in_the_month_they_came_in(cast):
    sell(cast, OrderOf(1000, occurred_at=DECEMBER))
    close(cast, DECEMBER, now=FEBRUARY)
    sell(cast, OrderOf(500, occurred_at=DECEMBER), OrderOf(70, occurred_at=FEBRUARY), now=FEBRUARY)
    client = signed_in(cast.north.viewer)
    page = get(client, "period", period_of(cast, FEBRUARY))
    accruals = client.get(page.context["accruals_url"])
    assert page.context["figures"]["share"] == total(accruals, "share") == 228


@pytest.mark.parametrize(("status", "months"), [("open", {1, 2}), ("closed", {12}), ("ready", {1, 2})])
def test_the_board_by_status(sold, status, months):
    close(sold, DECEMBER)
    page = get(signed_in(sold.north.viewer), "periods", status=status, currency="EUR", agreement=sold.agreement.id)
    assert {day.month for day in listed(page, "starts_on")} == months
    assert shows(page, "Closed" if status == "closed" else "Open")
    assert not shows(page, "None")


def test_bad_input_is_named_and_filters_nothing(sold):
    page = get(signed_in(sold.north.viewer), "periods", status="half-open", agreement="x")
    assert set(page.context["form"].errors) == {"status", "agreement"}
    assert page.context["table"].paginator.count == 3


def test_a_closed_month_lists_the_statements_a_party_may_see(sold):
    close(sold, DECEMBER)
    period_id = period_of(sold, DECEMBER)
    seen = {
        who: [s.organization.name for s in get(signed_in(party.viewer), "period", period_id).context["statements"]]
        for who, party in (("host", sold.host), ("north", sold.north))
    }
    assert seen == {"host": ["Lectern", "North Fitness"], "north": ["North Fitness"]}


def test_empty_board(cast):
    assert shows(get(signed_in(cast.south.viewer), "periods"), "No month has begun")


@pytest.mark.parametrize("who", ["south", "stranger"])
def test_foreign_months_do_not_exist(sold, who):
    client = signed_in(getattr(sold, who).owner)
    assert listed(get(client, "periods"), "pk") == []
    for period_id in (period_of(sold, JANUARY), uuid4()):
        assert client.get(reverse("portal:period", args=[period_id])).status_code == 404


def test_only_reading(sold):
    address = reverse("portal:period", args=[period_of(sold, JANUARY)])
    for path in (address, reverse("portal:periods")):
        assert signed_in(sold.host.owner).post(path).status_code == 405
        assert Client().get(path).url.startswith("/accounts/login/")
