"""What partners owe: by age on the agreement's clock, seen by both sides, the same by the API."""

from datetime import UTC, datetime

import pytest
from django.urls import reverse

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from settlements.finance.debts import debts
from settlements.models import AdjustmentKind
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_proposals import SHARED, approved, proposed
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db


@pytest.fixture
def owing(db):
    """North earned 40.00 in January; 70.00 was clawed back on 15 February, so that it owes 30.00."""
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    approved(market, proposed(market, 7000, AdjustmentKind.CLAWBACK))
    return market


def debts_of(party, now):
    with organization_scope(party.id):
        return [(debt.amount_minor, debt.by_age_minor) for debt in debts(now=now)]


@pytest.mark.parametrize(
    ("now", "ages"),
    [
        (datetime(2026, 2, 15, 13, 0, tzinfo=UTC), (3000, 0, 0, 0)),
        (datetime(2026, 3, 17, 23, 59, tzinfo=UTC), (3000, 0, 0, 0)),
        (datetime(2026, 3, 18, 0, 0, tzinfo=UTC), (0, 3000, 0, 0)),
        (datetime(2026, 4, 17, 12, 0, tzinfo=UTC), (0, 0, 3000, 0)),
        (datetime(2026, 5, 17, 12, 0, tzinfo=UTC), (0, 0, 0, 3000)),
    ],
)
def test_a_debt_grows_old_for_both_sides(owing, now, ages):
    assert debts_of(owing.host, now) == debts_of(owing.north, now) == [(3000, ages)]


def test_the_close_moves_it_to_another_account_and_it_stays_as_old(owing):
    owing.close(FEBRUARY, now=MARCH)
    assert owing.balance("receivable", owing.north) == 3000
    assert debts_of(owing.north, MARCH) == [(3000, (3000, 0, 0, 0))]
    with organization_scope(owing.north.id):
        [debt] = debts(now=MARCH)
    assert debt.since.isoformat() == "2026-02-15"


def test_later_earnings_pay_it(owing):
    owing.close(FEBRUARY, now=MARCH)
    owing.sell(OrderOf(5000, reference="O-2", occurred_at=MARCH), now=MARCH)
    owing.close(MARCH, now=datetime(2026, 4, 2, tzinfo=UTC))
    assert debts_of(owing.north, datetime(2026, 4, 2, tzinfo=UTC)) == [(1000, (0, 1000, 0, 0))]


def test_who_owes_nothing_is_not_listed_and_strangers_see_none(owing):
    with organization_scope(owing.north.id):
        assert debts(now=FEBRUARY)
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    assert debts_of(market.north, MARCH) == debts_of(market.host, MARCH) == []


def test_the_page_sums_what_it_lists_and_each_figure_opens_its_entries(owing):
    for party in (owing.host, owing.north):
        client = signed_in(party.owner)
        page = client.get(reverse("portal:debts"))
        [(currency, total, ages)] = page.context["totals"]
        [row] = [row.record for row in page.context["table"].page.object_list]
        assert (currency, total, sum(ages)) == ("EUR", 3000, 3000)
        assert row["amount_minor"] == 3000
        [part] = [part for part in row["ages"] if part["amount_minor"]]
        entries = client.get(part["href"])
        assert entries.status_code == 200
        assert entries.context["table"].page.object_list
        whole = client.get(row["href"])
        assert whole.context["sides"]["debits"] - whole.context["sides"]["credits"] == 3000


def test_the_page_filters_and_says_when_nobody_owes(owing):
    client = signed_in(owing.host.owner)
    assert not client.get(reverse("portal:debts"), {"currency": "XXX"}).context["is_filtered"]
    nobody = Market([SHARED])
    assert "Nobody owes anything" in signed_in(nobody.host.owner).get(reverse("portal:debts")).content.decode()


def test_the_api_says_the_same(owing):
    answer = Caller(owing.north, [Permission.STATEMENT_READ]).get("/api/v1/debts")
    [debt] = answer.json()
    assert debt["amount_minor"] == 3000
    assert debt["since"] == "2026-02-15"
    assert sum(debt[name] for name in debt if name.startswith("days_")) == 3000


def test_an_account_shows_the_entries_of_some_days(owing):
    with organization_scope(owing.north.id):
        [debt] = debts(now=MARCH)
    client, address = signed_in(owing.north.owner), reverse("portal:account", args=[debt.account_id])
    january = client.get(address, {"from": "2026-01-01", "to": "2026-01-31"})
    assert january.context["balance_minor"] == 4000
    assert client.get(address, {"from": "2026-02-01"}).context["balance_minor"] == -7000
    assert "Nothing matches" in client.get(address, {"from": "2027-01-01"}).content.decode()
