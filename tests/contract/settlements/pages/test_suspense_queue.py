"""The host's queue of conversions that no agreement covers."""

from fractions import Fraction

import pytest
from django.test import Client
from django.urls import reverse

from tests.cast import signed_agreement, signed_in
from tests.contract.settlements.pages.sales import JANUARY, get, listed, sell, shows
from tests.orders import OrderOf
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db


@pytest.fixture
def held(cast):
    sell(
        cast,
        OrderOf(700, "south", JANUARY, reference="S-1"),
        OrderOf(300, "south", JANUARY, reference="S-2"),
        OrderOf(50, "nobody", JANUARY, reference="N-1"),
        OrderOf(1000, "north", JANUARY, reference="covered"),
    )
    return cast


def test_it_names_code_reason_and_what_to_do(held):
    page = get(signed_in(held.host.viewer), "suspense")
    assert set(listed(page, "reference")) == {"S-1", "S-2", "N-1"}
    assert set(listed(page, "partner_code")) == {"south", "nobody"}
    assert shows(page, "See the alliances", "See the agreements", "No partner of the alliance has this code")


def test_each_sum_opens_the_items_that_it_sums(held):
    client = signed_in(held.host.viewer)
    totals = get(client, "suspense").context["totals"]
    assert {(total["reason"], total["amount"]) for total in totals} == {("no_agreement", 1000), ("unknown_partner", 50)}
    for total in totals:
        page = get(client, "suspense", reason=total["reason"], currency=total["currency"])
        assert sum(listed(page, "amount_minor")) == total["amount"]
        assert page.context["table"].paginator.count == total["rows"]


def test_signing_empties_it(held):
    signed_agreement(held.alliance, [(held.host, Fraction(1, 2)), (held.south, Fraction(1, 2))])
    deliver_all()
    page = get(signed_in(held.host.viewer), "suspense")
    assert listed(page, "reference") == ["N-1"]


def test_nothing_waits(cast):
    assert shows(get(signed_in(cast.host.viewer), "suspense"), "Nothing is in suspense")


def test_bad_input_is_named_and_filters_nothing(held):
    page = get(signed_in(held.host.viewer), "suspense", reason="boredom")
    assert page.context["form"].errors
    assert page.context["table"].paginator.count == 3


@pytest.mark.parametrize("who", ["north", "south", "stranger"])
def test_only_hosts_have_a_queue(held, who):
    client = signed_in(getattr(held, who).owner)
    assert client.get(reverse("portal:suspense")).status_code == 404
    assert reverse("portal:suspense") not in get(client, "accruals").content.decode()


def test_the_sidebar_leads_hosts_there(held):
    page = get(signed_in(held.host.viewer), "suspense")
    links = [link for group in page.context["shell"].navigation for link in group.links]
    assert [link.url for link in links if link.is_current] == [reverse("portal:suspense")]


def test_only_reading(held):
    assert signed_in(held.host.owner).post(reverse("portal:suspense")).status_code == 405
    assert Client().get(reverse("portal:suspense")).url.startswith("/accounts/login/")
