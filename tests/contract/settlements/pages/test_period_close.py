"""The button that closes a month: who has it, what it starts, and that pressing it again is harmless."""

from datetime import UTC, datetime
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import Period, PeriodClose, Statement
from tests.cast import member_of, signed_in
from tests.contract.settlements.pages.sales import DECEMBER, JANUARY, get, period_of, sell, shows
from tests.jobs import run_all_jobs
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture
def sold(cast):
    sell(cast, OrderOf(1000, occurred_at=DECEMBER), OrderOf(2000, occurred_at=JANUARY))
    return cast


def address_of(cast, month=JANUARY):
    return reverse("portal:period_close", args=[period_of(cast, month)])


def closes(cast):
    with organization_scope(cast.host.id):
        return list(PeriodClose.objects.values_list("state", flat=True))


def statements(cast):
    with organization_scope(cast.host.id):
        return Statement.objects.count()


def test_it_closes_the_month_and_the_ones_before(sold):
    client = signed_in(sold.host.finance)
    answer = client.post(address_of(sold), follow=True)
    assert shows(answer, "January 2026 is being closed.", "hx-get")
    assert run_all_jobs() == 1
    page = get(client, "period", period_of(sold, JANUARY))
    assert len(page.context["statements"]) == 2
    assert statements(sold) == 4
    assert not shows(page, "hx-get")


def test_the_page_asks_how_far_it_is_and_reloads_at_the_end(sold):
    client = signed_in(sold.host.finance)
    client.post(address_of(sold))
    page = reverse("portal:period", args=[period_of(sold, JANUARY)])
    running = client.get(page, headers=HX)
    assert shows(running, "hx-get", "<progress")
    assert "HX-Refresh" not in running
    run_all_jobs()
    assert client.get(page, headers=HX)["HX-Refresh"] == "true"


def test_pressing_twice_is_one_close(sold):
    client = signed_in(sold.host.finance)
    for _ in range(2):
        assert client.post(address_of(sold)).status_code == 302
    assert closes(sold) == ["queued"]
    run_all_jobs()
    again = client.post(address_of(sold), follow=True)
    assert shows(again, "January 2026 is closed already.")
    assert closes(sold) == ["succeeded"]
    assert statements(sold) == 4


def test_the_button_is_gone_while_it_works(sold):
    client = signed_in(sold.host.finance)
    period_id = period_of(sold, JANUARY)
    assert shows(get(client, "period", period_id), 'data-opens-dialog="close-period"')
    client.post(address_of(sold))
    assert not shows(get(client, "period", period_id), "close-period")


def test_a_failed_close_is_said_plainly_and_may_be_asked_for_again(sold):
    client = signed_in(sold.host.finance)
    client.post(address_of(sold))
    with organization_scope(sold.host.id):
        PeriodClose.objects.update(state="failed", error_code="gave_up", error_detail="Traceback: secret detail")
    page = get(client, "period", period_of(sold, JANUARY))
    assert shows(page, "because of an error of ours", "gave_up", 'data-opens-dialog="close-period"')
    assert not shows(page, "secret detail")
    client.post(address_of(sold))
    assert sorted(closes(sold)) == ["failed", "queued"]


def test_a_month_that_runs_cannot_close(cast):
    today = datetime.now(tz=UTC)
    sell(cast, OrderOf(1000, occurred_at=today), now=today)
    with organization_scope(cast.host.id):
        period_id = Period.objects.get().id
    client = signed_in(cast.host.owner)
    page = get(client, "period", period_id)
    assert shows(page, "It can close when it has ended.")
    assert not shows(page, "close-period")
    answer = client.post(reverse("portal:period_close", args=[period_id]), follow=True)
    assert shows(answer, "This period has not ended yet.")
    assert closes(cast) == []


@pytest.mark.parametrize("role", [Role.MANAGER, Role.VIEWER, Role.ANALYST, Role.DEVELOPER, Role.MARKETER])
def test_other_roles_of_the_host_may_not(sold, role):
    client = signed_in(member_of(sold.host, role))
    assert not shows(get(client, "period", period_of(sold, JANUARY)), "close-period")
    assert client.post(address_of(sold)).status_code == 403
    assert closes(sold) == []


def test_partners_see_the_month_and_have_no_button(sold):
    client = signed_in(sold.north.finance)
    assert not shows(get(client, "period", period_of(sold, JANUARY)), "close-period")
    assert client.post(address_of(sold)).status_code == 403
    assert closes(sold) == []


@pytest.mark.parametrize("who", ["south", "stranger"])
def test_foreign_months_do_not_exist(sold, who):
    assert signed_in(getattr(sold, who).finance).post(address_of(sold)).status_code == 404


def test_unknown_months_do_not_exist(sold):
    address = reverse("portal:period_close", args=[uuid4()])
    assert signed_in(sold.host.finance).post(address).status_code == 404


def test_only_by_form(sold):
    assert signed_in(sold.host.finance).get(address_of(sold)).status_code == 405
    assert Client().post(address_of(sold)).url.startswith("/accounts/login/")
    strict = signed_in(sold.host.finance, client=Client(enforce_csrf_checks=True))
    assert strict.post(address_of(sold)).status_code == 403
    assert closes(sold) == []
