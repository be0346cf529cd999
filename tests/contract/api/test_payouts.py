"""Payouts through the API: programs prepare, people approve and send, partners read."""

import json

import pytest

from alliance.kernel.permissions import Role
from settlements.payouts.api_shapes import EXAMPLES
from tests.api import Caller, MemberCaller
from tests.cast import signed_in
from tests.contract.settlements.market import FEBRUARY
from tests.contract.settlements.payouts.test_preparing import payable_market

pytestmark = pytest.mark.django_db


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


class Person(MemberCaller):
    """A member of the host with a second factor in this session."""

    def __init__(self, party, role) -> None:
        super().__init__(party, role)
        signed_in(party.user(role), organization=party, client=self.client, second_factor=True)


@pytest.fixture
def market(db):
    return payable_market()


def prepared(market):
    body = {**EXAMPLES["batch"].value, "alliance_id": str(market.alliance.id), "currency": "EUR"}
    return read(Caller(market.host).post("/api/v1/payout-batches", body), 201)


def test_a_program_prepares_and_people_do_the_rest(market):
    batch = prepared(market)
    assert (batch["state"], batch["total_minor"], batch["approvals_needed"]) == ("prepared", 4000, 1)
    path, owner = f"/api/v1/payout-batches/{batch['id']}", Person(market.host, Role.OWNER)
    assert read(Caller(market.host).post(f"{path}/approvals", {"content_sha256": "0" * 64}), 403)["code"]
    stale = read(owner.post(f"{path}/approvals", EXAMPLES["approval"].value), 409)
    assert stale["code"] == "batch_changed"
    approved = read(owner.post(f"{path}/approvals", {"content_sha256": batch["content_sha256"]}))
    assert approved == {"approvals": 1, "approvals_needed": 1, "is_reserved": True, "changed": []}
    sent = read(owner.post(f"{path}/sends"), 202)
    assert (sent["state"], sent["payouts"][0]["state"]) == ("sent", "reserved")
    market.desk.carry_out()
    payout_path = f"/api/v1/payouts/{sent['payouts'][0]['id']}"
    report = read(
        Person(market.host, Role.FINANCE).post(f"{payout_path}/outcome-reports", EXAMPLES["outcome"].value), 201
    )
    decided = read(owner.post(f"/api/v1/payout-outcome-reports/{report['id']}/decisions", EXAMPLES["decision"].value))
    assert decided["state"] == "confirmed"
    seen = read(Caller(market.north).get(payout_path))
    assert (seen["state"], seen["bank_reference"], seen["account_masked"]) == ("confirmed", "ST-0001", "DE•••• 3000")
    assert [step["kind"] for step in seen["steps"]] == [
        "prepared", "reserved", "sent", "accepted", "reported", "confirmed",
    ]  # fmt: skip
    assert seen["parts"][0]["gross_minor"] == 4000
    assert "account_id" not in seen


def test_a_batch_is_cancelled_and_lists_filter(market):
    batch = prepared(market)
    host = Caller(market.host)
    cancelled = read(host.post(f"/api/v1/payout-batches/{batch['id']}/cancellations", EXAMPLES["note"].value))
    assert (cancelled["state"], cancelled["payouts"][0]["state"]) == ("cancelled", "cancelled")
    assert read(host.get("/api/v1/payouts", {"state": "confirmed"}))["results"] == []
    assert len(read(host.get("/api/v1/payout-batches", {"state": "cancelled"}))["results"]) == 1
    assert read(host.post("/api/v1/payout-batches", {"alliance_id": str(market.alliance.id)}), 422)["errors"]


def test_holds(market):
    host, body = Caller(market.host), {**EXAMPLES["hold"].value, "organization_id": str(market.north.id)}
    hold = read(host.post("/api/v1/payout-holds", body), 201)
    assert read(Caller(market.north).get("/api/v1/payout-holds"))["results"][0]["reason"] == body["reason"]
    wanted = {"alliance_id": str(market.alliance.id), "currency": "EUR", "gateway": "manual"}
    assert read(host.post("/api/v1/payout-batches", wanted), 409)["code"] == "nothing_payable"
    owner = Person(market.host, Role.OWNER)
    assert read(owner.post(f"/api/v1/payout-holds/{hold['id']}/lifts"))["lifted_at"]
    assert read(host.post("/api/v1/payout-batches", wanted), 201)["total_minor"] == 4000
    assert FEBRUARY
