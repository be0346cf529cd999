"""The first page after sign-in: empty, it names the next step; the host sees what waits. Figures: settlements' tests."""

from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.services.accrue_conversions import accrue_conversions
from tests.cast import accept, full_cast, member_of, proposed_agreement, signed_agreement, signed_in
from tests.orders import WHEN, OrderOf, recorded

pytestmark = pytest.mark.django_db
AGREEMENTS = reverse("portal:agreements")


def home_of(user):
    return signed_in(user).get(reverse("portal:home"))


def sell(cast, code):
    ids = recorded(cast.alliance, [OrderOf(10000, code)], now=WHEN)
    with organization_scope(cast.host.id):
        accrue_conversions(actor=cast.host.system, conversion_ids=ids, now=WHEN)


def test_host_without_sales_is_led_to_the_import():
    page = home_of(full_cast().host.owner)
    assert page.context["panels"] == []
    assert f'href="{reverse("portal:import_new")}"' in page.content.decode()


def test_viewer_of_the_host_is_not_led_where_the_role_does_not_reach():
    cast = full_cast()
    page = home_of(cast.host.viewer)
    assert reverse("portal:import_new") not in page.content.decode()
    assert page.context["next_step"].href == reverse("portal:agreements")


def test_partner_without_sales_is_led_to_its_agreements():
    page = home_of(full_cast().north.owner)
    assert page.context["next_step"].href == reverse("portal:agreements")


def test_host_sees_what_waits_and_the_partner_does_not():
    cast = full_cast()
    sell(cast, "north")
    sell(cast, "south")
    queues = {queue.href: queue.count for queue in home_of(cast.host.owner).context["queues"]}
    assert queues == {reverse("portal:suspense"): 1, reverse("portal:periods") + "?status=ready": 1}
    assert home_of(cast.north.owner).context["queues"] == []


def test_every_party_sees_the_agreements_that_ask_for_something():
    cast = full_cast()
    waiting = proposed_agreement(cast.alliance, [(cast.host, "60"), (cast.north, "40")])
    today = local_date(utc_now(), "UTC")
    ending = signed_agreement(
        cast.alliance, [(cast.host, "60"), (cast.north, "40")], effective_to=today + timedelta(days=9)
    )
    accept(waiting, cast.host)
    queues = {queue.href: queue.count for queue in home_of(cast.north.viewer).context["queues"]}
    assert queues == {AGREEMENTS + "?asks=waiting": 1, AGREEMENTS + "?asks=ending": 1}
    for href in queues:
        page = signed_in(cast.north.viewer).get(href)
        assert [row.record.pk for row in page.context["table"].page.object_list] == [
            (waiting if "waiting" in href else ending).id
        ]
    assert [queue.count for queue in home_of(cast.host.owner).context["queues"]] == [1]
    assert home_of(cast.south.owner).context["queues"] == []


def test_every_figure_of_a_partner_is_a_link():
    cast = full_cast()
    sell(cast, "north")
    [panel] = home_of(cast.north.owner).context["panels"]
    assert len(panel.stats) == 4
    assert all(stat.href for stat in panel.stats)
    assert all(month.href for month in panel.months)


def test_chart_speaks_the_language_of_the_page():
    cast = full_cast()
    sell(cast, "north")
    client = signed_in(member_of(cast.north, Role.ANALYST), client=Client(headers={"accept-language": "zh-hans"}))
    page = client.get(reverse("portal:home"))
    [panel] = page.context["panels"]
    assert panel.chart["name"] == "所得"
    assert panel.chart["points"][-1]["label"].endswith("月")
    assert "每月所得" in page.content.decode()


def test_only_reading_is_offered():
    assert signed_in(full_cast().host.owner).post(reverse("portal:home")).status_code == 405
