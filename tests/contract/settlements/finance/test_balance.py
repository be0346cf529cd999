"""A partner's balance: what it has, what changes it next; each figure opens what it sums; the same by the API."""

import pytest
from django.db import connections
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import organization_scope
from settlements.finance.standing import standings
from settlements.ledger.domain import AccountKind
from settlements.models import AdjustmentKind
from tests.api import Caller
from tests.cast import signed_in
from tests.contract.settlements.answers.tens import disputed, sold
from tests.contract.settlements.market import FEBRUARY, JANUARY, MARCH, Market
from tests.contract.settlements.test_proposals import SHARED, approved, proposed
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db
EVERYTHING = {
    "hold": {"days": 30},
    "reserve": {"share": "10%", "days": 90},
    "payouts": [{"threshold": "50.00", "schedule": "monthly", "day": 15}],
}


def standing_of(market, party=None, now=FEBRUARY):
    with organization_scope((party or market.north).id):
        [found] = standings(organization_id=market.north.id, now=now)
    return found


def amounts(found):
    return {kind.value: part.amount_minor for kind, part in found.parts.items() if part.amount_minor}


def coming(found):
    return [(entry.kind, entry.on.isoformat(), entry.amount_minor) for entry in found.coming]


@pytest.fixture
def held(db):
    """40.00 sold on 15 January, held until 14 February; 8.00 sold in February, held until 17 March."""
    market = sold(**EVERYTHING)
    market.sell(OrderOf(2000, reference="F-1", occurred_at=FEBRUARY), now=FEBRUARY)
    return market


def test_before_the_hold_ends(held):
    found = standing_of(held)
    assert amounts(found) == {"pending": 4800}
    assert coming(found) == [("hold", "2026-02-14", 4000), ("close", "2026-03-04", 0), ("hold", "2026-03-17", 800)]
    assert (found.payout.threshold_minor, found.payout.missing_minor) == (5000, 5000)
    assert found.total_minor == held.owed()


def test_after_the_close_that_frees_it_a_part_is_kept_back(held):
    held.close(FEBRUARY, now=MARCH)
    found = standing_of(held, now=MARCH)
    assert amounts(found) == {"pending": 800, "available": 3600, "reserve": 400}
    assert (found.rolling_minor, found.disputed_minor, found.payout.missing_minor) == (400, 0, 1400)
    assert ("reserve", "2026-05-29", 400) in coming(found)
    assert found.total_minor == held.owed() == 4800


def test_what_is_disputed_is_told_apart_from_the_reserve(db):
    market = sold()
    disputed(market)
    found = standing_of(market)
    assert amounts(found) == {"available": 3600, "reserve": 400}
    assert (found.disputed_minor, found.rolling_minor, found.total_minor) == (400, 0, 4000)


def test_a_debt(db):
    market = Market([SHARED])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    approved(market, proposed(market, 7000, AdjustmentKind.CLAWBACK))
    market.close(FEBRUARY, now=MARCH)
    found = standing_of(market, now=MARCH)
    assert amounts(found) == {"receivable": 3000}
    assert (found.total_minor, found.payout) == (-3000, None)


def test_the_host_sees_the_same_of_its_partner_and_others_nothing(held):
    assert standing_of(held, held.host) == standing_of(held)
    other = Market([SHARED])
    with organization_scope(other.host.id):
        assert standings(organization_id=held.north.id, now=FEBRUARY) == []


def test_every_figure_opens_what_it_sums(held):
    held.close(FEBRUARY, now=MARCH)
    client = signed_in(held.north.owner)
    page = client.get(reverse("portal:balance"))
    [seat] = page.context["seats"]
    for figure in seat.figures:
        opened = client.get(figure.href)
        assert opened.status_code == 200
        if "balance_minor" in opened.context:
            assert opened.context["balance_minor"] == figure.amount_minor
    [hold] = [change for change in seat.changes if "due=" in change.href]
    listed = client.get(hold.href)
    assert sum(total["share"] for total in listed.context["totals"]) == hold.amount_minor == 800
    content = page.content.decode()
    assert all(text in content for text in ("€48.00", "€36.00", "€14.00 is missing until the next payout."))


def test_the_page_is_complete_in_chinese(held):
    page = signed_in(held.north.owner).get(reverse("portal:balance"), headers={"Accept-Language": "zh-hans"})
    content = page.content.decode()
    assert all(text in content for text in ("余额", "待结", "关账"))


def test_a_host_chooses_a_partner(held):
    client = signed_in(held.host.owner)
    assert "Choose a partner" in client.get(reverse("portal:balance")).content.decode()
    page = client.get(reverse("portal:balance"), {"party": held.north.id})
    assert [seat.total_minor for seat in page.context["seats"]] == [4800]
    for change in page.context["seats"][0].changes:
        assert client.get(change.href).status_code == 200
    assert client.get(reverse("portal:balance"), {"party": Market([SHARED]).north.id}).status_code == 404
    partner = signed_in(held.north.owner)
    assert partner.get(reverse("portal:balance"), {"party": held.host.id}).status_code == 404


def test_an_organization_without_agreements(held):
    page = signed_in(Market([SHARED], more_partners=["South"]).others[0].owner).get(reverse("portal:balance"))
    assert page.status_code == 200


def test_the_api_says_the_same(held):
    held.close(FEBRUARY, now=MARCH)
    [said] = Caller(held.north, [Permission.STATEMENT_READ]).get("/api/v1/balance").json()
    assert (said["pending_minor"], said["available_minor"], said["reserved_minor"]) == (800, 3600, 400)
    assert said["total_minor"] == 4800
    assert said["payout"] == {
        "threshold_minor": 5000,
        "compare": "at_least",
        "missing_minor": 1400,
        "schedule": "monthly",
    }
    host = Caller(held.host, [Permission.STATEMENT_READ])
    assert host.get("/api/v1/balance").json() == []
    assert host.get("/api/v1/balance", {"organization_id": str(held.north.id)}).json() == [said]


def test_a_number_of_queries_that_does_not_grow(held):
    client = signed_in(held.north.owner)

    def asked():
        with CaptureQueriesContext(connections["default"]) as queries:
            assert client.get(reverse("portal:balance")).status_code == 200
        return len(queries)

    asked()
    few = asked()
    held.sell(*(OrderOf(100 + n, reference=f"M-{n}", occurred_at=FEBRUARY) for n in range(50)), now=FEBRUARY)
    assert asked() <= few
    assert few <= 24


def test_a_threshold_that_must_be_exceeded(db):
    market = Market([SHARED], payouts=[{"threshold": "40.00", "compare": "exceeds"}])
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    assert standing_of(market).payout.missing_minor == 1
    assert standing_of(market).parts[AccountKind.AVAILABLE].amount_minor == 4000
