"""Webhooks through the API: everything the portal does, for programs."""

from datetime import timedelta

import pytest

from alliance.kernel.http.outgoing import addresses
from alliance.kernel.permissions import Permission
from tests.api import Caller
from tests.cast import NOW, host_organization, partner_organization
from tests.contract.partners.webhooks.test_recording import attempt
from tests.webhooks import PUBLIC, endpoint_of, tell

ENDPOINTS = "/api/v1/webhook-endpoints"
DELIVERIES = "/api/v1/webhook-deliveries"
GIVEN = {"url": PUBLIC, "types": ["partner.joined"], "description": "Orders"}


@pytest.fixture
def host(db, monkeypatch):
    monkeypatch.setattr(addresses, "resolve_name", lambda _name, _port: ["93.184.215.14"])
    return host_organization()


@pytest.fixture
def caller(host):
    return Caller(host, [Permission.WEBHOOK_MANAGE])


def patch(caller, endpoint_id, body):
    return caller.client.patch(
        f"{ENDPOINTS}/{endpoint_id}",
        body,
        content_type="application/json",
        headers={"Authorization": f"Bearer {caller.secret}"},
    )


def codes(response):
    return {(error["field"], error["code"]) for error in response.json()["errors"]}


def test_an_endpoint_from_beginning_to_end(caller):
    created = caller.post(ENDPOINTS, GIVEN)
    assert created.status_code == 201
    body = created.json()
    assert body["secret"].startswith("whsec_")
    assert created["Location"].endswith(f"{ENDPOINTS}/{body['id']}")
    read = caller.get(f"{ENDPOINTS}/{body['id']}").json()
    assert "secret" not in read
    assert read == {name: value for name, value in body.items() if name != "secret"}
    assert [row["id"] for row in caller.get(ENDPOINTS).json()["results"]] == [body["id"]]
    rotated = caller.post(f"{ENDPOINTS}/{body['id']}/secret-rotations")
    assert rotated.status_code == 201
    assert rotated.json()["secret"] != body["secret"]
    assert patch(caller, body["id"], {"is_enabled": False}).json()["disabled_reason"] == "member"
    changed = patch(caller, body["id"], {"is_enabled": True, "types": ["agreement.signed"]}).json()
    assert (changed["is_enabled"], changed["types"], changed["url"]) == (True, ["agreement.signed"], PUBLIC)
    headers = {"Authorization": f"Bearer {caller.secret}"}
    assert caller.client.delete(f"{ENDPOINTS}/{body['id']}", headers=headers).status_code == 204
    assert caller.client.delete(f"{ENDPOINTS}/{body['id']}", headers=headers).status_code == 404


def test_the_same_creation_again_makes_one_endpoint(caller):
    first = caller.post(ENDPOINTS, GIVEN, key="once")
    again = caller.post(ENDPOINTS, GIVEN, key="once")
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    assert len(caller.get(ENDPOINTS).json()["results"]) == 1


@pytest.mark.parametrize(
    ("changes", "error"),
    [
        ({"url": "http://hooks.example/"}, ("url", "url_scheme_refused")),
        ({"url": "https://127.0.0.1/"}, ("url", "address_refused")),
        ({"url": "https://user@hooks.example/"}, ("url", "url_malformed")),
        ({"url": None}, ("url", "null")),
        ({"types": []}, ("types", "min_length")),
        ({"types": ["no.such.type"]}, ("types", "unknown_webhook_type")),
        ({"is_enabled": True}, ("is_enabled", "unknown_field")),
        ({"organization_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a01"}, ("organization_id", "unknown_field")),
    ],
)
def test_bad_input_names_its_field(caller, changes, error):
    response = caller.post(ENDPOINTS, GIVEN | changes)
    assert response.status_code == 422
    assert error in codes(response)


def test_deliveries_are_read_filtered_and_sent_again(host, caller):
    endpoint = endpoint_of(host)
    endpoint_of(host, "https://other.example/")
    tell(host, times=2)
    attempt(endpoint, status=500, response_body=b"broken")
    listed = caller.get(DELIVERIES, {"endpoint_id": str(endpoint.id)}).json()["results"]
    assert [(row["state"], row["last_status"]) for row in listed] == [("pending", None), ("pending", 500)]
    assert caller.get(DELIVERIES, {"state": "failed"}).json()["results"] == []
    assert len(caller.get(DELIVERIES, {"type": "partner.joined"}).json()["results"]) == 4
    assert caller.get(DELIVERIES, {"colour": "red"}).status_code == 422
    detail = caller.get(f"{DELIVERIES}/{listed[1]['id']}").json()
    assert detail["attempts"][0]["response_body"] == "broken"
    assert detail["attempts"][0]["request_headers"]["webhook-signature"] == "[removed]"
    assert detail["message_id"].startswith("msg_")
    again = caller.post(f"{DELIVERIES}/{listed[1]['id']}/resends")
    assert (again.status_code, again.json()["tries"]) == (202, 0)


def test_what_failed_is_sent_again(host, caller):
    endpoint = endpoint_of(host)
    tell(host, times=3)
    patch(caller, endpoint.id, {"is_enabled": False})
    address = f"{ENDPOINTS}/{endpoint.id}/resends"
    assert caller.post(address, {"since": NOW.isoformat()}).json()["code"] == "endpoint_off"
    patch(caller, endpoint.id, {"is_enabled": True})
    assert caller.post(address, {"since": (NOW + timedelta(days=1)).isoformat()}).json() == {"count": 0}
    assert caller.post(address, {"since": NOW.isoformat()}).json() == {"count": 3}
    assert caller.post(address, {"since": "2026-03-01T00:00:00"}).status_code == 422


def test_a_test_message(host, caller):
    endpoint = endpoint_of(host)
    response = caller.post(f"{ENDPOINTS}/{endpoint.id}/tests")
    assert (response.status_code, response.json()["type"]) == (202, "webhook.test")
    assert response["Location"].endswith(f"{DELIVERIES}/{response.json()['id']}")


def test_the_catalogue(caller):
    types = {row["name"]: row for row in caller.get("/api/v1/webhook-types").json()}
    assert set(types["statement.closed"]["example"]) == set(types["statement.closed"]["schema"]["properties"])


def test_who_may_and_who_may_not(host):
    endpoint = endpoint_of(host)
    tell(host)
    weak = Caller(host, [Permission.ORDER_READ])
    stranger = Caller(partner_organization(), [Permission.WEBHOOK_MANAGE])
    for address in (ENDPOINTS, f"{ENDPOINTS}/{endpoint.id}", DELIVERIES, "/api/v1/webhook-types"):
        assert weak.get(address).status_code == 403
    delivery = endpoint.deliveries()[0].pk
    for address in (f"{ENDPOINTS}/{endpoint.id}", f"{DELIVERIES}/{delivery}"):
        assert stranger.get(address).status_code == 404
    assert stranger.post(f"{DELIVERIES}/{delivery}/resends").status_code == 404
    assert stranger.post(f"{ENDPOINTS}/{endpoint.id}/secret-rotations").status_code == 404
    assert stranger.get(DELIVERIES).json()["results"] == []
    assert patch(stranger, endpoint.id, {"url": "https://evil.example/"}).status_code == 404
    assert endpoint.row().url == PUBLIC
