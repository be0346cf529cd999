"""Proposals through the pages: the form, the four eyes, the restatement of a statement, what waits above caps."""

import json

import pytest
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from settlements.models import Adjustment, ProposedAdjustment, Restatement
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY, JANUARY, Market
from tests.domain.partners.terms import written
from tests.orders import OrderOf

pytestmark = pytest.mark.django_db

SHARED = written.clause(written.split((written.HOST, "60%"), (written.NORTH, "40%")))


@pytest.fixture
def market(db):
    market = Market([SHARED])
    market.sell(OrderOf(10000, occurred_at=JANUARY))
    market.close(JANUARY, now=FEBRUARY)
    return market


def person(party, role):
    """Somebody with a second factor in this session."""
    return signed_in(party.user(role), second_factor=True)


def address(name, *arguments):
    return reverse(f"portal:{name}", args=arguments)


def filled(market, **changes):
    seat = f"{market.agreement.id}:{market.north.id}"
    return {"kind": "correction", "seat": seat, "amount": "-3.00", "reason": "Counted twice", **changes}


def proposal_of(market):
    with organization_scope(market.host.id):
        return ProposedAdjustment.objects.get()


def test_one_proposes_and_another_approves(market):
    finance, owner = person(market.host, Role.FINANCE), person(market.host, Role.OWNER)
    answer = finance.post(address("proposal_new"), filled(market))
    proposal = proposal_of(market)
    assert answer.url == address("proposal", proposal.id)
    own = finance.get(answer.url).content.decode()
    assert "somebody else has to approve it" in own
    assert address("proposal_approve", proposal.id) not in own
    assert address("proposal_approve", proposal.id) in owner.get(answer.url).content.decode()
    refused = finance.post(address("proposal_approve", proposal.id), follow=True)
    assert "Somebody else has to approve it" in refused.content.decode()
    approved = owner.post(address("proposal_approve", proposal.id), follow=True)
    with organization_scope(market.north.id):
        adjustment = Adjustment.objects.get()
    assert approved.redirect_chain[-1][0] == address("adjustment", adjustment.id)
    assert adjustment.amount_minor == -300
    listed = signed_in(market.north.viewer).get(address("adjustments")).content.decode()
    assert address("adjustment", adjustment.id) in listed
    assert address("proposal_new") not in listed


@pytest.mark.parametrize(
    ("changes", "language", "said"),
    [
        ({"amount": "12,50"}, "en", "This is not an amount"),
        ({"amount": "0"}, "en", "Say an amount that is not 0."),
        ({"amount": "-1", "kind": "clawback"}, "en", "are amounts above 0"),
        ({"amount": "0"}, "zh-hans", "请填写不为 0 的金额。"),
        ({"reason": ""}, "en", "This field is required"),
    ],
)
def test_a_form_that_is_wrong_says_what(market, changes, language, said):
    answer = person(market.host, Role.FINANCE).post(
        address("proposal_new"), filled(market, **changes), headers={"Accept-Language": language}
    )
    assert answer.status_code == 422
    assert said in answer.content.decode()
    assert changes.get("amount", "-3.00") in answer.content.decode()
    with organization_scope(market.host.id):
        assert not ProposedAdjustment.objects.exists()


def test_a_statement_is_restated_from_its_own_page(market):
    finance, owner = person(market.host, Role.FINANCE), person(market.host, Role.OWNER)
    statement = market.statement(1)
    assert address("restatement_new", statement.id) in finance.get(address("statement", statement.id)).content.decode()
    finance.post(address("restatement_new", statement.id), {"amount": "-3.00", "reason": "Counted twice"})
    owner.post(address("proposal_approve", proposal_of(market).id))
    north = signed_in(market.north.viewer)
    page = north.get(address("statement", statement.id)).content.decode()
    assert address("restatement_file", statement.id, 2) in page
    assert address("restatement_new", statement.id) not in page
    told = json.loads(north.get(address("restatement_file", statement.id, 2)).content)
    with organization_scope(market.north.id):
        restatement = Restatement.objects.get()
    assert (told["delta_minor"], told["closing_minor"]) == (-300, 3700)
    assert told["content_sha256"] == restatement.content_sha256
    assert told["previous_sha256"] == statement.content_sha256
    assert signed_in(market.host.viewer).get(address("restatement_new", statement.id)).status_code == 403


def test_what_waits_above_a_cap_is_approved_from_its_list(db):
    cap = {"id": "most", "party": str(written.NORTH), "amount": "5.00", "window": "month"}
    market = Market([written.clause(written.commission("40%"))], caps=[{**cap, "excess": "waits_for_approval"}])
    market.sell(OrderOf(2000, occurred_at=JANUARY, reference="O-1"))
    owner = person(market.host, Role.OWNER)
    page = owner.get(address("excess")).content.decode()
    assert "O-1" in page
    assert "€3.00" in page
    with organization_scope(market.host.id):
        row = owner.get(address("excess")).context["table"].page.object_list[0].record
    assert address("excess_approve", row.id) in page
    assert "Approved" in owner.post(address("excess_approve", row.id), follow=True).content.decode()
    assert market.owed() == 800
    assert (
        "Nothing of this conversion waits"
        in owner.post(address("excess_approve", row.id), follow=True).content.decode()
    )
