"""The receipt of an adjustment: what it is for, to whom, and where it went."""

import pytest
from django.urls import reverse

from alliance.kernel.tenancy import organization_scope
from settlements.models import Adjustment
from tests.adjustments import adjustment_of
from tests.api import Caller
from tests.cast import full_cast, signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))


def opened(party, adjustment_id, language="en"):
    client = signed_in(party.viewer)
    return client.get(reverse("portal:adjustment", args=[adjustment_id]), headers={"Accept-Language": language})


def test_both_sides_see_it_each_from_its_own(db):
    cast = full_cast()
    id_ = adjustment_of(cast.agreement, cast.north, -1250, now=JANUARY)
    host, north = (opened(party, id_).content.decode() for party in (cast.host, cast.north))
    assert "Counted twice" in host
    assert "Counted twice" in north
    assert "12.50" in north
    assert opened(cast.south, id_).status_code == 404
    assert opened(cast.stranger, id_).status_code == 404


@pytest.mark.parametrize(
    ("language", "said"),
    [
        ("en", "North is guaranteed €1,000.00 for January 2026, and earned €40.00."),
        ("zh-hans", "North在2026年1月的保底金额为€1,000.00，实际所得€40.00。"),
    ],
)
def test_a_guarantee_explains_itself_and_leads_to_journal_and_statement(db, language, said):
    guarantee = {"party": str(written.NORTH), "amount": "1000.00", "borne_by": str(written.HOST)}
    market = Market([SHARED], guarantees=[guarantee])
    market.sell(OrderOf(10000, occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        id_ = Adjustment.objects.get().id
    page = opened(market.north, id_, language)
    assert said in page.content.decode()
    assert page.context["journal"].key == f"adjustment:{id_}"
    line = page.context["statement_line"]
    assert line.share_minor == 96000
    assert reverse("portal:statement", args=[line.statement_id]) in page.content.decode()
    statement = signed_in(market.north.viewer).get(reverse("portal:statement", args=[line.statement_id]))
    assert reverse("portal:adjustment", args=[id_]) in statement.content.decode()


@pytest.mark.parametrize(("language", "said"), [("en", "is guaranteed"), ("zh-hans", "保底")])
def test_the_api_says_why_in_both_languages(db, language, said):
    guaranteed = [{"party": str(written.NORTH), "amount": "50.00", "borne_by": str(written.HOST)}]
    market = Market([SHARED], guarantees=guaranteed)
    market.sell(OrderOf(10000, reference="O-1", occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    with organization_scope(market.north.id):
        found = Adjustment.objects.get()
    answer = Caller(market.north).get(f"/api/v1/adjustments/{found.id}", **{"Accept-Language": language}).json()
    assert answer["amount_minor"] == 1000
    assert said in answer["told"]
