"""The finance home: every queue with its count and its money, and where each leads."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from settlements.finance.queues import (
    Desk,
    FinanceQueue,
    FinanceQueueTakenError,
    finance_queues,
    register_finance_queue,
)
from settlements.models import AdjustmentKind
from tests.api import Caller
from tests.cast import member_of, signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_pooled_revenue import a_market as pooled_market
from tests.contract.settlements.test_proposals import SHARED, approved, proposed
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db
BUDGET = 45


def queues_of(market, role=Role.FINANCE, now=MARCH):
    with organization_scope(market.host.id):
        return finance_queues(Desk(market.host.actor(role), now))


def counts(market, **more):
    return {name: queue.count for name, queue in queues_of(market, **more).items() if queue.count}


@pytest.fixture
def busy(db):
    """January waits for its close, 3.00 above a cap and a proposal of -3.00 wait for somebody, a sale is unmatched."""
    cap = {"id": "most", "party": str(written.NORTH), "amount": "5.00", "window": "month"}
    market = Market([written.clause(written.commission("40%"))], caps=[{**cap, "excess": "waits_for_approval"}])
    market.sell(OrderOf(2000, occurred_at=JANUARY, reference="O-1"), OrderOf(777, "nobody", JANUARY, reference="O-2"))
    proposed(market)
    return market


def test_each_queue_says_how_many_and_how_much(busy):
    found = queues_of(busy)
    assert counts(busy) == {"periods": 1, "suspense": 1, "proposals": 1, "excess": 1}
    sums = {name: [(a.amount_minor, a.currency) for a in queue.amounts] for name, queue in found.items()}
    assert sums["suspense"] == [(777, "EUR")]
    assert sums["proposals"] == [(-300, "EUR")]
    assert sums["excess"] == [(300, "EUR")]
    assert found["periods"].items[0].warning == "3 things to look at"


def test_each_address_opens_what_it_counts(busy):
    client = signed_in(busy.host.user(Role.FINANCE))
    for queue in queues_of(busy).values():
        for href in (queue.href, *(a.href for a in queue.amounts), *(item.href for item in queue.items)):
            assert client.get(href).status_code == 200, href
    page = client.get(queues_of(busy)["suspense"].amounts[0].href)
    assert sum(total["amount"] for total in page.context["totals"]) == 777


def test_debts_are_a_queue_too(db):
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    approved(market, proposed(market, 7000, AdjustmentKind.CLAWBACK))
    queue = queues_of(market)["debts"]
    assert [(a.amount_minor, a.currency) for a in queue.amounts] == [(3000, "EUR")]
    assert queue.items[0].title == "North"
    assert "28 days old" in queue.items[0].detail


def test_revenue_that_nobody_reported_blocks(db):
    market = pooled_market(written.split((written.HOST, "1/2"), (written.NORTH, "1/2")))
    found = queues_of(market, now=FEBRUARY)
    assert found["revenue"].count == 2
    assert found["periods"].items[0].warning == "2 things have to be done first"


def test_nobody_is_asked_to_approve_what_is_theirs(busy):
    assert "somebody else" in queues_of(busy)["proposals"].items[0].warning
    assert queues_of(busy, role=Role.OWNER)["proposals"].items[0].warning == ""


def test_other_parts_add_their_own(busy, monkeypatch):
    monkeypatch.setattr("settlements.finance.queues._readers", {})
    queue = FinanceQueue("Payouts", 2, "/")
    register_finance_queue("later", lambda _desk: queue, place=20)
    register_finance_queue("hidden", lambda _desk: None, place=1)
    register_finance_queue("first", lambda _desk: queue, place=10)
    assert list(queues_of(busy)) == ["first", "later"]
    with pytest.raises(FinanceQueueTakenError):
        register_finance_queue("first", lambda _desk: None, place=10)


def test_the_page_shows_them_to_those_who_close_periods(busy):
    page = signed_in(busy.host.user(Role.FINANCE)).get(reverse("portal:finance_home"))
    content = page.content.decode()
    assert all(text in content for text in ("Periods to close", "€7.77", "-€3.00", "€3.00", "O-1"))
    assert signed_in(busy.host.viewer).get(reverse("portal:finance_home")).status_code == 403
    assert signed_in(busy.north.owner).get(reverse("portal:finance_home")).status_code == 404
    assert signed_in(busy.north.owner).post(reverse("portal:finance_home")).status_code == 405


def test_an_empty_home_says_what_comes(db):
    market = Market([SHARED])
    page = signed_in(market.host.owner).get(reverse("portal:finance_home"))
    assert "Nothing waits" in page.content.decode()


def test_the_api_says_the_same(busy):
    answer = Caller(busy.host, [Permission.PERIOD_CLOSE]).get("/api/v1/finance/queues")
    found = {queue["name"]: queue for queue in answer.json()}
    assert found["suspense"] == {
        "name": "suspense",
        "count": 1,
        "amounts": [{"currency": "EUR", "amount_minor": 777}],
    }
    assert Caller(busy.north, [Permission.PERIOD_CLOSE]).get("/api/v1/finance/queues").status_code == 404


def test_a_number_of_queries_that_does_not_grow(busy):
    member_of(busy.host, Role.FINANCE)
    client = signed_in(busy.host.user(Role.FINANCE))

    def asked():
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(reverse("portal:finance_home")).status_code == 200
        return len(queries)

    asked()
    few = asked()
    busy.sell(*(OrderOf(2000 + n, ("north", "nobody")[n % 2], JANUARY, reference=f"M-{n}") for n in range(60)))
    busy.sell(*(OrderOf(500, "north", when, reference=f"L-{when:%m}") for when in (FEBRUARY, MARCH)), now=MARCH)
    for amount in range(1, 9):
        proposed(busy, amount)
    many = asked()
    assert many <= few + 2
    assert many <= BUDGET
