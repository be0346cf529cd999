"""The list of accruals: an organization's own shares, filtered, with the sum of exactly what is listed."""

import pytest
from django.test import Client
from django.urls import reverse

from alliance.portal.templatetags.money import display_money
from tests.cast import signed_in
from tests.contract.settlements.pages.sales import (
    DECEMBER,
    FEBRUARY,
    JANUARY,
    LAST_OF_JANUARY,
    close,
    get,
    listed,
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
        OrderOf(1000, occurred_at=DECEMBER, reference="D-1"),
        OrderOf(2000, occurred_at=JANUARY, reference="J-1"),
        OrderOf(-500, occurred_at=JANUARY, kind="refund", reference="C-J-1"),
        OrderOf(3000, occurred_at=LAST_OF_JANUARY, reference="J-2"),
        OrderOf(4000, occurred_at=FEBRUARY, reference="F-1"),
    )
    return cast


def test_each_party_sees_its_own_share(sold):
    for party, share in ((sold.host, 5700), (sold.north, 3800)):
        page = get(signed_in(party.viewer), "accruals")
        assert (total(page, "share"), total(page, "base")) == (share, 9500)
        assert sum(listed(page, "share_minor")) == share
        assert shows(page, display_money(share, "EUR"))


@pytest.mark.parametrize("who", ["south", "stranger"])
def test_others_see_none(sold, who):
    page = get(signed_in(getattr(sold, who).owner), "accruals")
    assert listed(page, "share_minor") == []
    assert shows(page, "Nothing has accrued yet")


@pytest.mark.parametrize(
    ("query", "references"),
    [
        ({"from": "2026-01-01", "to": "2026-01-31"}, {"J-1", "C-J-1", "J-2"}),
        ({"from": "2026-02-01"}, {"F-1"}),
        ({"to": "2025-12-31"}, {"D-1"}),
        ({"kind": "refund"}, {"C-J-1"}),
        ({"reference": "J-"}, {"J-1", "J-2"}),
        ({"currency": "EUR", "status": "open"}, {"J-1", "C-J-1", "J-2", "F-1"}),
        ({"status": "closed"}, {"D-1"}),
    ],
)
def test_a_filter_narrows_list_and_sum_alike(sold, query, references):
    close(sold, DECEMBER)
    page = get(signed_in(sold.north.viewer), "accruals", **query)
    assert set(listed(page, "reference")) == references
    assert total(page, "share") == sum(listed(page, "share_minor"))


def test_the_agreement_filter(sold):
    client = signed_in(sold.north.viewer)
    assert get(client, "accruals", agreement=sold.agreement.id).context["table"].paginator.count == 5
    foreign = get(client, "accruals", agreement="0190b5a0-0000-7000-8000-000000000000")
    assert foreign.context["form"].errors
    assert foreign.context["table"].paginator.count == 5


def test_nothing_matching_says_so(sold):
    page = get(signed_in(sold.north.viewer), "accruals", reference="none such")
    assert shows(page, "Nothing matches this filter.", "Show everything")


@pytest.mark.parametrize(
    "query",
    [{"from": "yesterday"}, {"kind": "gift"}, {"reference": "a\0b"}, {"currency": "'; --"}, {"status": "ready"}],
)
def test_bad_input_is_named_and_filters_nothing(sold, query):
    page = get(signed_in(sold.north.viewer), "accruals", **query)
    assert page.context["form"].errors
    assert page.context["table"].paginator.count == 5


@pytest.mark.parametrize(
    ("query", "rows"),
    [
        ({"page": "99"}, 5),
        ({"page": "x"}, 5),
        ({"page": "-1"}, 5),
        ({"per_page": "0"}, 5),
        ({"per_page": "-3"}, 1),
        ({"per_page": "2", "page": "3"}, 1),
        ({"per_page": "999999999"}, 5),
        ({"sort": "no_such_column"}, 5),
    ],
)
def test_pages_that_do_not_exist_do_no_harm(sold, query, rows):
    page = get(signed_in(sold.north.viewer), "accruals", **query)
    assert len(listed(page, "share_minor")) == rows
    assert page.context["table"].paginator.per_page <= 1000
    assert total(page, "share") == 3800  # the sum is of the list, not of the page


def test_sorting_by_share(sold):
    page = get(signed_in(sold.north.viewer), "accruals", sort="share_minor")
    assert listed(page, "share_minor") == [-200, 400, 800, 1200, 1600]


def test_only_reading(sold):
    assert signed_in(sold.north.owner).post(reverse("portal:accruals")).status_code == 405
    assert Client().get(reverse("portal:accruals")).url.startswith("/accounts/login/")


def test_an_order_is_estimated_while_its_period_is_open_and_actual_afterwards(cast):
    sell(cast, OrderOf(2000, occurred_at=JANUARY, reference="J-1"), now=JANUARY)
    taken = OrderOf(-500, occurred_at=JANUARY, kind="refund", refund_of="J-1", partner_code="", reference="C-1")
    sell(cast, taken, now=JANUARY)
    client = signed_in(cast.north.viewer)

    def cells():
        table = get(client, "accruals").context["table"]
        rows = {row.record.reference: row for row in table.page.object_list}
        return {name: (str(row.get_cell("estimated")), str(row.get_cell("actual"))) for name, row in rows.items()}

    assert cells() == {"J-1": ("€6.00", "–"), "C-1": ("–", "–")}
    close(cast, JANUARY)
    assert cells() == {"J-1": ("–", "€6.00"), "C-1": ("–", "–")}
