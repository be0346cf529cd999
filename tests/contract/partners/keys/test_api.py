"""Keys through the API: a person makes them, a key makes none; and how a key calls."""

import logging

import pytest
from django.test import Client

from alliance.kernel.models import AuditEvent, IdempotencyKey
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.keys.selectors import find_api_key
from partners.models import ApiKey
from tests.api import Caller, api_key
from tests.cast import host_organization, member_of, partner_organization, signed_in

KEYS = "/api/v1/api-keys"
SECRET = {"kind": "secret", "name": "Nightly import", "permissions": ["order:read"]}
PUBLISHABLE = {
    "kind": "publishable",
    "name": "Our pages",
    "scopes": ["event:write", "widget:read"],
    "origins": ["https://shop.example"],
}


@pytest.fixture
def host(db):
    return host_organization()


def person(party, role=None):
    """A browser of the portal that also speaks to the API."""
    client = signed_in(
        party.owner if role is None else member_of(party, role), client=Client(enforce_csrf_checks=False)
    )

    def post(path, body=None, **headers):
        return client.post(path, body or {}, content_type="application/json", headers=headers)

    return client, post


def test_a_secret_key_from_beginning_to_end(host):
    client, post = person(host)
    created = post(KEYS, SECRET)
    assert created.status_code == 201
    body = created.json()
    assert body["secret"].startswith("sk_")
    assert client.get(f"{KEYS}/{body['id']}").json() == {k: v for k, v in body.items() if k != "secret"}
    rotated = post(f"{KEYS}/{body['id']}/rotations", {"overlap_hours": 1})
    assert (rotated.status_code, rotated.json()["replaces_id"]) == (201, body["id"])
    assert post(f"{KEYS}/{body['id']}/rotations", {"overlap_hours": 1}).json()["code"] == "api_key_rotated"
    assert post(f"{KEYS}/{body['id']}/rotations", {"overlap_hours": 169}).status_code == 422
    for _ in range(2):
        assert post(f"{KEYS}/{body['id']}/revocations").json()["revoked_at"]
    assert Caller(host, secret=body["secret"]).get("/api/v1/conversions").status_code == 401
    assert Caller(host, secret=rotated.json()["secret"]).get("/api/v1/conversions").status_code == 200
    with organization_scope(host.id):
        actions = list(AuditEvent.objects.order_by("id").values_list("action", flat=True))
    assert actions[-3:] == ["api_key.created", "api_key.rotated", "api_key.revoked"]


def test_a_publishable_key(host):
    _client, post = person(host)
    body = post(KEYS, PUBLISHABLE).json()
    assert body["secret"].startswith("pk_")
    assert (body["permissions"], body["origins"]) == ([], ["https://shop.example"])


@pytest.mark.parametrize(
    ("body", "field"),
    [
        ({**SECRET, "kind": "golden"}, "kind"),
        ({**SECRET, "permissions": ["member:manage"]}, "permissions.0"),
        ({**SECRET, "permissions": []}, "permissions"),
        ({**SECRET, "origins": ["https://shop.example"]}, "scopes"),
        ({**SECRET, "expires_at": "2020-01-01T00:00:00Z"}, "expires_at"),
        ({**SECRET, "expires_at": "2030-01-01T00:00:00"}, "expires_at"),
        ({**PUBLISHABLE, "permissions": ["order:read"]}, "permissions"),
        ({**PUBLISHABLE, "origins": []}, "origins"),
        ({**PUBLISHABLE, "origins": ["https://shop.example/path"]}, "origins"),
        ({**PUBLISHABLE, "scopes": []}, "scopes"),
        ({**PUBLISHABLE, "sha256": "0" * 64}, "sha256"),
    ],
)
def test_bad_input_names_its_field(host, body, field):
    _client, post = person(host)
    response = post(KEYS, body)
    assert response.status_code == 422, response.json()
    assert field in {error["field"] for error in response.json()["errors"]}


def test_a_key_manages_no_keys(host):
    """Not even one that had the permission by some accident: services ask for a person."""
    caller = Caller(host, tuple(Permission))
    other = api_key(host)[1]
    assert caller.post(KEYS, SECRET).json()["code"] == "person_required"
    assert caller.post(KEYS, PUBLISHABLE).json()["code"] == "person_required"
    assert caller.post(f"{KEYS}/{other}/rotations", {"overlap_hours": 1}).json()["code"] == "person_required"
    assert caller.post(f"{KEYS}/{other}/revocations").json()["code"] == "person_required"
    with organization_scope(host.id):
        assert not ApiKey.objects.get(pk=other).revoked_at


def test_who_may_not_and_who_sees_nothing(host):
    key_id = api_key(host)[1]
    client, post = person(host, Role.VIEWER)
    assert client.get(KEYS).status_code == 403
    assert post(KEYS, SECRET).status_code == 403
    stranger, post = person(partner_organization())
    assert stranger.get(f"{KEYS}/{key_id}").status_code == 404
    assert post(f"{KEYS}/{key_id}/revocations").status_code == 404
    assert post(f"{KEYS}/{key_id}/rotations", {"overlap_hours": 0}).status_code == 404


def test_an_answer_that_is_kept_for_a_retry_holds_no_readable_secret(host):
    _client, post = person(host)
    first = post(KEYS, SECRET, **{"Idempotency-Key": "once"})
    again = post(KEYS, SECRET, **{"Idempotency-Key": "once"})
    assert again["Idempotent-Replayed"] == "true"
    assert again.json() == first.json()
    with organization_scope(host.id):
        [kept] = IdempotencyKey.objects.filter(key="once")
    assert first.json()["secret"].encode() not in bytes(kept.body)
    assert b"Nightly" not in bytes(kept.body)


def test_a_publishable_key_opens_nothing_of_the_api(host):
    _client, post = person(host)
    secret = post(KEYS, PUBLISHABLE).json()["secret"]
    for path in ("/api/v1/organization", "/api/v1/conversions", KEYS):
        response = Caller(host, secret=secret).get(path)
        assert (response.status_code, response.json()["code"]) == (401, "publishable_key")


@pytest.mark.parametrize("place", ["?api_key={key}", "?access_token={key}", "?a=1&b=x{sep}{key}", "?key={encoded}"])
def test_a_key_in_the_address_is_refused_and_its_owner_is_told(host, place, caplog):
    secret, key_id = api_key(host)
    path = "/api/v1/conversions" + place.format(key=secret, sep=".", encoded=secret.replace("_", "%5F"))
    with caplog.at_level(logging.DEBUG):
        response = Client().get(path)
    assert (response.status_code, response.json()["code"]) == (400, "key_in_address")
    assert Caller(host, secret=secret).get(path).status_code == 400, "also beside a header that works"
    with organization_scope(host.id):
        assert ApiKey.objects.get(pk=key_id).exposed_at
    assert find_api_key(secret).revoked_at is None, "refused and told, not ended: the shop goes on"
    assert "seen in an address" in signed_in(host.owner).get("/api-keys/").content.decode()
    assert secret not in caplog.text
    assert secret not in response.content.decode()


def test_what_only_looks_like_a_key_is_refused_alike(db):
    response = Client().get("/api/v1/conversions?token=sk_" + "a" * 43)
    assert response.json()["code"] == "key_in_address"


def test_a_signed_in_person_may_not_send_a_key_in_the_address_either(host):
    secret = api_key(host)[0]
    assert signed_in(host.owner).get(f"/api/v1/conversions?api_key={secret}").status_code == 400
