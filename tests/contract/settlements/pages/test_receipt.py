"""The receipt of one conversion: every step of the split, readable and adding up."""

from fractions import Fraction
from uuid import uuid4

import pytest
from django.test import Client
from django.urls import reverse

from settlements.templatetags.settlements import exact_units
from tests.cast import join, signed_agreement, signed_in
from tests.contract.settlements.pages.sales import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    MARCH,
    close,
    get,
    sell,
    shows,
    statement_of,
)
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


def receipt(party, conversion_id):
    return get(signed_in(party.viewer), "accrual", conversion_id)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (Fraction(2997, 5), "599.4"),
        (Fraction(221328, 5), "44,265.6"),
        (Fraction(12296), "12,296"),
        (Fraction(36890, 3), "12,296 2/3"),
        (Fraction(-36890, 3), "-12,296 2/3"),
        (Fraction(1, 3), "1/3"),
        (Fraction(-1, 3), "-1/3"),
        (Fraction(-2997, 5), "-599.4"),
        (Fraction(0), "0"),
    ],
)
def test_exact_units_are_readable(value, shown):
    assert exact_units(value) == shown


@pytest.mark.parametrize("who", ["host", "north"])
def test_every_step_adds_up(cast, who):
    [sale] = sell(cast, OrderOf(999, occurred_at=JANUARY))
    page = receipt(getattr(cast, who), sale)
    lines = page.context["lines"]
    assert [line.name for line in lines] == ["Lectern", "North Fitness"]
    assert [line.is_own for line in lines] == [who == "host", who == "north"]
    assert sum(line.exact for line in lines) == 999
    assert [line.floor_minor + line.extra_minor for line in lines] == [line.part_minor for line in lines] == [599, 400]
    assert shows(page, "599.4", "399.6", "Exact, in units of €0.01", "The exact shares leave €0.01 over.")


def test_three_thirds_are_fractions(cast):
    shares = [(cast.host, Fraction(1, 3)), (cast.south, Fraction(1, 3)), (cast.stranger, Fraction(1, 3))]
    join(cast.alliance, cast.stranger, code="stranger")
    signed_agreement(cast.alliance, shares)
    [sale] = sell(cast, OrderOf(100, "south", JANUARY))
    page = receipt(cast.stranger, sale)
    assert shows(page, "33 1/3")
    assert sum(line.part_minor for line in page.context["lines"]) == 100


def test_a_refund_mirrors(cast):
    [refund] = sell(cast, OrderOf(-999, occurred_at=JANUARY, kind="refund"))
    assert [line.part_minor for line in receipt(cast.north, refund).context["lines"]] == [-599, -400]


def test_nothing_is_posted_for_zero(cast):
    [free] = sell(cast, OrderOf(0, occurred_at=JANUARY))
    page = receipt(cast.north, free)
    assert page.context["journal"] is None
    assert shows(page, "nothing to post")


def test_it_leads_to_journal_month_and_statement(cast):
    [sale] = sell(cast, OrderOf(1000, occurred_at=JANUARY))
    client = signed_in(cast.north.viewer)
    before = receipt(cast.north, sale)
    assert client.get(reverse("portal:journal", args=[before.context["journal"].id])).status_code == 200
    assert shows(before, "Not yet: the period is open")
    close(cast, JANUARY)
    statement = statement_of(cast.north)
    assert shows(receipt(cast.north, sale), statement.number, reverse("portal:statement", args=[statement.id]))


def test_a_late_one_says_that_its_month_had_closed(cast):
    sell(cast, OrderOf(1000, occurred_at=DECEMBER))
    close(cast, DECEMBER, now=FEBRUARY)
    [late] = sell(cast, OrderOf(500, occurred_at=DECEMBER), now=FEBRUARY)
    assert shows(receipt(cast.north, late), "came after its own period had closed", "February 2026")


def test_one_in_suspense_says_why(cast):
    [unknown] = sell(cast, OrderOf(700, "nobody", JANUARY))
    assert shows(receipt(cast.host, unknown), "Held in suspense", "No partner of the alliance has this code")


def test_the_statement_line_leads_to_it(cast):
    [sale] = sell(cast, OrderOf(1000, occurred_at=JANUARY))
    client = signed_in(cast.north.viewer)
    accrual = get(client, "accrual", sale).context["accrual"]
    answer = client.get(reverse("portal:accrual_by_id", args=[accrual.id]))
    assert answer.url == reverse("portal:accrual", args=[sale])


@pytest.mark.parametrize("who", ["south", "stranger"])
def test_foreign_ones_do_not_exist(cast, who):
    [sale, held] = sell(cast, OrderOf(1000, occurred_at=JANUARY), OrderOf(1, "nobody", JANUARY))
    accrual = get(signed_in(cast.north.viewer), "accrual", sale).context["accrual"]
    client = signed_in(getattr(cast, who).owner)
    for name, argument in (("accrual", sale), ("accrual", held), ("accrual", uuid4()), ("accrual_by_id", accrual.id)):
        assert client.get(reverse(f"portal:{name}", args=[argument])).status_code == 404


def test_only_reading(cast):
    [sale] = sell(cast, OrderOf(1000, occurred_at=JANUARY), now=MARCH)
    address = reverse("portal:accrual", args=[sale])
    assert signed_in(cast.north.owner).post(address).status_code == 405
    assert Client().get(address).url.startswith("/accounts/login/")
