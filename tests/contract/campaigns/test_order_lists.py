"""Orders and conversions: searched, filtered, sorted, paged; seen by whom; within a fixed number of queries."""

import re

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from campaigns.models import Conversion, Order
from tests.cast import full_cast, signed_in
from tests.contract.campaigns import sheets
from tests.contract.campaigns.sheets import csv_bytes, imported

pytestmark = pytest.mark.django_db
MOST_QUERIES = 16


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def client(cast):
    client = signed_in(cast.host.owner)
    imported(client, cast, csv_bytes(sheets.EVERYTHING))
    return client


def references(client, query="", name="portal:orders"):
    page = client.get(reverse(name) + query).content.decode()
    return re.findall(r">(C?A?\d+)</a>", page)


ALL = ["1003", "1002", "A7", "C1001", "1001"]


@pytest.mark.parametrize("name", ["portal:orders", "portal:conversions"])
@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("", ALL),
        ("?q=100", ["1003", "1002", "1001"]),
        ("?kind=refund", ["C1001"]),
        ("?partner=south", ["1002"]),
        ("?partner=-", ["1003"]),
        ("?since=2026-02-06&until=2026-02-07", ["1002", "A7"]),
        ("?kind=nonsense", ALL),
        ("?since=yesterday", ALL),
        ("?sort=occurred_at", ALL[::-1]),
        ("?page=99", ALL),
        ("?imported=not-an-id", ALL),
        ("?q=none", []),
    ],
)
def test_lists_answer_what_is_asked(client, name, query, expected):
    assert references(client, query, name) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?sort=-amount_minor", ["1001", "1003", "1002", "A7", "C1001"]),
        ("?sort=reference", ["1001", "1002", "1003", "A7", "C1001"]),
        ("?q=b1", ["C1001", "1001"]),
        ("?sort=secret", ALL),
    ],
)
def test_orders_sort_and_find_customers(client, query, expected):
    assert references(client, query) == expected


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("?match=matched", ["A7", "C1001", "1001"]),
        ("?match=unknown_partner", ["1003"]),
        ("?match=no_agreement", ["1002"]),
    ],
)
def test_conversions_by_their_match(client, query, expected):
    assert references(client, query, "portal:conversions") == expected


def test_an_order_shows_its_lines_and_where_it_went(cast, client):
    with organization_scope(cast.host.id):
        order = Order.objects.get(reference="1001")
        conversion = Conversion.objects.get(order=order)
    page = client.get(reverse("portal:order", args=[order.pk])).content.decode()
    assert "10.005" in page
    assert "€25.01" in page
    assert "North Fitness" in page
    assert reverse("portal:accrual", args=[conversion.pk]) in page
    assert reverse("portal:import", args=[order.order_import_id]) in page


def test_a_partner_sees_its_conversions_and_nothing_else(cast, client):
    north = signed_in(cast.north.viewer)
    page = north.get(reverse("portal:conversions")).content.decode()
    for reference in ("1001", "C1001", "A7"):
        assert reference in page
    for secret in ("1002", "1003", "South Motors", "b1", "nobody"):
        assert f">{secret}<" not in page
    assert reverse("portal:orders") not in page
    with organization_scope(cast.host.id):
        order_id = Order.objects.values_list("pk", flat=True).get(reference="1001")
    assert north.get(reverse("portal:order", args=[order_id])).status_code == 404
    assert north.get(reverse("portal:orders")).status_code == 404


def test_a_stranger_sees_nothing(cast, client):
    stranger = signed_in(cast.stranger.owner)
    assert "There are no conversions yet" in stranger.get(reverse("portal:conversions")).content.decode()
    with organization_scope(cast.host.id):
        order_id = Order.objects.values_list("pk", flat=True).first()
    assert stranger.get(reverse("portal:order", args=[order_id])).status_code == 404


@pytest.mark.parametrize("name", ["portal:orders", "portal:conversions", "portal:imports"])
def test_lists_are_read_only_and_viewers_may_see_them(cast, client, name):
    assert signed_in(cast.host.viewer).get(reverse(name)).status_code == 200
    assert client.post(reverse(name)).status_code == 405


@pytest.mark.parametrize("name", ["portal:orders", "portal:conversions", "portal:imports"])
def test_the_number_of_queries_does_not_grow_with_the_rows(cast, client, name):
    def queries() -> int:
        with CaptureQueriesContext(connection) as captured:
            assert client.get(reverse(name)).status_code == 200
        return len(captured)

    queries()
    few = queries()
    rows = [(f"9{n:03}", "2026-02-03 10:00:00", "A", "", "1", "1.00", "", "north") for n in range(60)]
    for start in range(0, 60, 10):
        imported(client, cast, csv_bytes(rows[start : start + 10]))
    many = queries()
    assert many <= few + 1
    assert many <= MOST_QUERIES


def test_empty_lists_name_the_next_step(db):
    cast = full_cast()
    client = signed_in(cast.host.owner)
    assert reverse("portal:imports") in client.get(reverse("portal:orders")).content.decode()
    assert "There are no conversions yet" in client.get(reverse("portal:conversions")).content.decode()
    assert reverse("portal:import_new") in client.get(reverse("portal:imports")).content.decode()
