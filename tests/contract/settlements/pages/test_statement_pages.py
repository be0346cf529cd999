"""Closed statements: the list, and each with lines that add up to its figures."""

import re
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.portal.templatetags.money import display_money
from tests.cast import full_cast, member_of, signed_in
from tests.contract.settlements.pages.sales import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MARCH,
    close,
    get,
    listed,
    sell,
    shows,
    statement_of,
    total,
)
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


def two_months(cast):
    """December with a sale; January with a sale, a refund, an adjustment, a free order, and one late from December."""
    sell(cast, OrderOf(10001, occurred_at=DECEMBER))
    close(cast, DECEMBER, now=JANUARY)
    sell(
        cast,
        OrderOf(20003, occurred_at=JANUARY, reference="J-1"),
        OrderOf(-502, occurred_at=JANUARY, kind="refund", reference="C-J-1"),
        OrderOf(77, occurred_at=JANUARY, kind="adjustment", reference="A-1"),
        OrderOf(0, occurred_at=JANUARY, reference="free"),
        OrderOf(999, occurred_at=DECEMBER, reference="late"),
        now=JANUARY,
    )
    close(cast, JANUARY)
    return cast


@pytest.fixture
def closed(cast):
    return two_months(cast)


def page_of(party, **query):
    return get(signed_in(party.viewer), "statement", statement_of(party).id, **query)


@pytest.mark.parametrize("who", ["host", "north"])
def test_the_list_sums_its_statements(closed, who):
    page = get(signed_in(getattr(closed, who).viewer), "statements")
    assert total(page, "share") == sum(listed(page, "share_minor"))
    assert len(listed(page, "number")) == {"host": 4, "north": 2}[who]


def test_the_host_narrows_to_a_party_and_the_sum_follows(closed):
    page = get(signed_in(closed.host.viewer), "statements", party=closed.north.id, currency="EUR")
    assert {statement.organization_id for statement in (row.record for row in page.context["table"].page)} == {
        closed.north.id
    }
    assert total(page, "share") == sum(listed(page, "share_minor"))


def test_partners_are_not_asked_whose(closed):
    assert "party" not in get(signed_in(closed.north.viewer), "statements").context["form"].fields


@pytest.mark.parametrize("who", ["host", "north"])
@pytest.mark.parametrize(
    ("show", "figure", "field"),
    [
        ("current", "current_minor", "share"),
        ("prior", "prior_minor", "share"),
        ("", "share_minor", "share"),
        ("", "base_minor", "base"),
        ("", "line_count", "rows"),
        ("orders", "order_count", "rows"),
        ("refunds", "refund_count", "rows"),
    ],
)
def test_each_figure_equals_its_lines(closed, who, show, figure, field):
    party = getattr(closed, who)
    statement = statement_of(party)
    page = page_of(party, **({"show": show} if show else {}))
    assert page.context["sums"][field] == getattr(statement, figure) != 0
    rows = {"share": "share_minor", "base": "base_minor"}.get(field)
    assert (sum(listed(page, rows)) if rows else len(listed(page, "line_number"))) == getattr(statement, figure)


def test_its_figures_are_links_to_those_lines(closed):
    page = page_of(closed.north)
    links = set(re.findall(r'href="\?show=(\w+)#lines"', page.content.decode()))
    assert links == {"current", "prior", "orders", "refunds", "estimated", "changed", "other"}


def test_opening_and_closing_lead_along_the_chain(closed):
    client = signed_in(closed.north.viewer)
    last = page_of(closed.north).context["statement"]
    first = get(client, "statement", last.previous_id)
    assert first.context["next_id"] == last.id
    assert first.context["statement"].closing_minor == last.opening_minor == 4000
    assert shows(first, reverse("portal:statement", args=[last.id]))


def test_times_are_the_agreements(db):
    cast = full_cast(time_zone="Asia/Shanghai")
    [*_] = sell(cast, OrderOf(1000, occurred_at=JANUARY))
    close(cast, JANUARY)
    page = page_of(cast.north)
    assert shows(page, "2026-01-15T20:00:00+08:00", "Asia/Shanghai")
    assert not shows(page, "2026-01-15T12:00:00")
    listing = get(signed_in(cast.north.viewer), "periods")
    assert shows(listing, "2026-02-01T00:00:00+08:00")


def test_the_paper_names_number_party_and_last_day(closed):
    page = page_of(closed.north)
    statement = page.context["statement"]
    assert shows(page, "print-heading", statement.number, "North Fitness", "Jan 31, 2026", statement.content_sha256)


def test_many_lines_fit_one_page_for_paper(cast):
    sell(cast, *(OrderOf(100 + n, occurred_at=JANUARY) for n in range(60)))
    close(cast, JANUARY)
    page = page_of(cast.north)
    assert len(listed(page, "line_number")) == 50
    assert shows(page, "per_page=1000", "All on one page")
    whole = page_of(cast.north, per_page=1000)
    assert len(listed(whole, "line_number")) == 60
    assert sum(listed(whole, "share_minor")) == whole.context["sums"]["share"] == page.context["sums"]["share"]


def test_an_empty_part_says_so(cast):
    sell(cast, OrderOf(1000, occurred_at=JANUARY))
    close(cast, JANUARY)
    page = page_of(cast.north, show="prior")
    assert shows(page, "No line of this kind", display_money(0, "EUR"))


@pytest.mark.parametrize("show", ["everything", "'; --", "\0"])
def test_an_unknown_part_shows_all_lines(closed, show):
    assert len(listed(page_of(closed.north, show=show), "line_number")) == 5


def test_buttons_follow_the_role(closed):
    address = reverse("portal:export_create", args=[statement_of(closed.north).id])
    assert not shows(page_of(closed.north), address)
    for role in (Role.FINANCE, Role.ANALYST):
        client = signed_in(member_of(closed.north, role))
        assert shows(get(client, "statement", statement_of(closed.north).id), address)


@pytest.mark.parametrize("who", ["north", "south", "stranger"])
def test_foreign_statements_do_not_exist(closed, who):
    client = signed_in(getattr(closed, who).owner)
    for statement_id in (statement_of(closed.host).id, uuid4()):
        assert client.get(reverse("portal:statement", args=[statement_id])).status_code == 404


def test_only_reading(closed):
    address = reverse("portal:statement", args=[statement_of(closed.north).id])
    for path in (address, reverse("portal:statements")):
        assert signed_in(closed.north.owner).post(path).status_code == 405
        assert Client().get(path).url.startswith("/accounts/login/")


def test_no_statement_yet(cast):
    sell(cast, OrderOf(1000, occurred_at=FEBRUARY), now=MARCH)
    assert shows(get(signed_in(cast.north.viewer), "statements"), "No statement yet")
