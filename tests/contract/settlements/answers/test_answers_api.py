"""Answers through the API, and what webhooks tell of them."""

import pytest

from alliance.kernel.permissions import Permission, Role
from tests.api import Caller, MemberCaller
from tests.contract.settlements.answers.tens import balances, dispute, market, review
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db
__all__ = ["market"]
ANSWERS = [Permission.STATEMENT_READ, Permission.STATEMENT_ANSWER]


def test_a_key_accepts_exactly_what_it_read(market):
    statement, north = market.statement(1), Caller(market.north, ANSWERS)
    path = f"/api/v1/statements/{statement.id}/acceptance"
    assert north.get(path).json()["state"] == "open"
    assert north.post(path, {"content_sha256": "0" * 64}).status_code == 409
    said = north.post(path, {"content_sha256": statement.content_sha256}).json()
    assert (said["state"], said["content_sha256"]) == ("accepted", statement.content_sha256)
    assert review(market).is_accepted
    refused = north.post(f"/api/v1/statements/{statement.id}/disputes", {"line_number": 3, "reason": "No"})
    assert (refused.status_code, refused.json()["code"]) == (409, "statement_accepted")


def test_a_line_is_disputed_listed_and_withdrawn(market):
    statement, north = market.statement(1), Caller(market.north, ANSWERS)
    path = f"/api/v1/statements/{statement.id}/disputes"
    made = north.post(path, {"line_number": 3, "reason": "Sold twice", "claimed_minor": 800})
    assert made.status_code == 201
    assert (made.json()["share_minor"], made.json()["set_aside_minor"]) == (400, None)
    assert north.post(path, {"line_number": 3, "reason": "Sold twice"}).json()["code"] == "line_disputed_already"
    assert north.post(path, {"line_number": 99, "reason": "Sold twice"}).status_code == 404
    assert north.post(path, {"line_number": 3, "reason": "x", "other": 1}).status_code == 422
    deliver_all(market.host.id, market.north.id)
    id_ = made.json()["id"]
    assert north.get(f"/api/v1/disputes/{id_}").json()["set_aside_minor"] == 400
    listed = Caller(market.host, ANSWERS).get("/api/v1/disputes", {"state": "open"}).json()["results"]
    assert [row["id"] for row in listed] == [id_]
    assert north.post(f"/api/v1/disputes/{id_}/withdrawal", {}).json()["state"] == "withdrawn"
    deliver_all(market.host.id, market.north.id)
    assert balances(market) == (4000, 0)


def test_people_of_the_host_settle(market):
    statement = market.statement(1)
    made = Caller(market.north, ANSWERS).post(
        f"/api/v1/statements/{statement.id}/disputes", {"line_number": 3, "reason": "Sold twice"}
    )
    id_ = made.json()["id"]
    path = f"/api/v1/disputes/{id_}"
    assert Caller(market.host).post(f"{path}/settlement", {"note": "It stands"}).status_code == 403
    finance = MemberCaller(market.host, Role.FINANCE)
    proposed = finance.post(f"{path}/corrections", {"note": "We looked", "corrected_minor": 0})
    assert proposed.status_code == 201
    again = finance.post(f"{path}/corrections", {"note": "We looked", "corrected_minor": 1})
    assert again.json()["code"] == "correction_waits"
    settled = finance.post(f"{path}/settlement", {"note": "It stands"})
    assert settled.json()["state"] == "stands"
    assert dispute(market, id_).note == "It stands"


def test_comments_are_written_and_read(market):
    path = f"/api/v1/statements/{market.statement(1).id}/comments"
    assert Caller(market.north, ANSWERS).post(path, {"text": "Is O-3 right?"}).status_code == 201
    [comment] = Caller(market.host, ANSWERS).get(path).json()["results"]
    assert comment["text"] == "Is O-3 right?"
    assert Caller(market.north, [Permission.STATEMENT_READ]).post(path, {"text": "Hi"}).status_code == 403
