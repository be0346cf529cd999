"""Publishable keys at a public edge: bound to their pages, never reading. Case H7."""

from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client

from alliance.kernel.clock import utc_now
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.keys.domain import PublishableScope
from partners.keys.services.create_publishable_key import NewPublishableKey, create_publishable_key
from partners.keys.services.revoke_api_key import revoke_api_key
from tests.api import api_key
from tests.cast import host_organization
from tests.operators import move

SHOP = "https://shop.example"
EVIL = "https://evil.example"
pytestmark = pytest.mark.urls("tests.contract.partners.keys.edge")


@pytest.fixture
def host(db):
    return host_organization()


def make(party, *scopes, origins=(SHOP,), expires_at=None):
    scopes = scopes or tuple(PublishableScope)
    key = NewPublishableKey("Pages", frozenset(scopes), tuple(origins), expires_at)
    with organization_scope(party.id):
        return create_publishable_key(actor=party.actor(), key=key, now=utc_now())


def click(key, origin=SHOP, click_id="c-1"):
    headers = {"Authorization": f"Bearer {key}"} | ({"Origin": origin} if origin else {})
    return Client().post("/e/clicks", {"click_id": click_id}, content_type="application/json", headers=headers)


def test_a_page_that_the_key_names_may_write(host):
    response = click(make(host).secret, click_id=str(uuid4()))
    assert response.status_code == 200
    assert response.json() == {"organization_id": str(host.id), "known": False}
    assert response["Access-Control-Allow-Origin"] == SHOP
    assert "Origin" in response["Vary"]
    assert "Access-Control-Allow-Credentials" not in response


@pytest.mark.parametrize(
    "origin",
    [
        EVIL,
        "",
        "null",
        "http://shop.example",
        "https://shop.example:8443",
        "https://www.shop.example",
        "https://shop.example.evil.example",
        "https://SHOP.example",
        "https://shop.example/",
        "*",
    ],
)
def test_any_other_page_is_refused(host, origin):
    response = click(make(host).secret, origin)
    assert (response.status_code, response.json()["code"]) == (403, "origin_not_allowed")
    assert "Access-Control-Allow-Origin" not in response
    assert "Origin" in response["Vary"]


def test_a_cached_click_does_not_let_another_origin_in(host):
    """The half of H7 that Dub has commented out: the check comes before anything is looked up."""
    key, click_id = make(host).secret, str(uuid4())
    assert click(key, click_id=click_id).json()["known"] is False
    assert click(key, click_id=click_id).json()["known"] is True
    refused = click(key, EVIL, click_id)
    assert refused.status_code == 403
    assert "known" not in refused.json()


def ask(origin, method="POST"):
    headers = {"Access-Control-Request-Method": method, "Access-Control-Request-Headers": "authorization"}
    return Client().options("/e/clicks", headers={"Origin": origin, **headers})


def test_a_preflight_is_answered_204_with_the_allow_list(host):
    make(host)
    allowed = ask(SHOP)
    assert (allowed.status_code, allowed.content) == (204, b"")
    assert allowed["Access-Control-Allow-Origin"] == SHOP
    assert allowed["Access-Control-Allow-Methods"] == "POST"
    assert allowed["Access-Control-Allow-Headers"] == "authorization, content-type"
    assert "Origin" in allowed["Vary"]
    other = ask(EVIL)
    assert other.status_code == 204
    assert not [name for name in other.headers if name.startswith("Access-Control")]


def test_a_preflight_forgets_the_origins_of_dead_keys(host):
    key = make(host, origins=[SHOP])
    make(host, origins=["https://late.example"], expires_at=utc_now() + timedelta(hours=1))
    with organization_scope(host.id):
        revoke_api_key(actor=host.actor(), api_key_id=key.id, now=utc_now())
    assert "Access-Control-Allow-Origin" not in ask(SHOP)
    assert "Access-Control-Allow-Origin" in ask("https://late.example")


def test_a_key_opens_its_scopes_only(host):
    writing = make(host, PublishableScope.EVENT_WRITE).secret
    reading = make(host, PublishableScope.WIDGET_READ).secret
    assert Client().get(f"/w/{reading}", headers={"Origin": SHOP}).json() == {"origin": SHOP}
    assert Client().get(f"/w/{writing}", headers={"Origin": SHOP}).json()["code"] == "scope_not_allowed"
    assert click(reading).json()["code"] == "scope_not_allowed"


@pytest.mark.parametrize("key", ["", "pk_nonsense", "pk_" + "a" * 43, "x" * 500])
def test_what_is_no_key_is_refused(host, key):
    response = click(key)
    assert (response.status_code, response.json()["code"]) == (401, "invalid_publishable_key")


def test_a_secret_key_is_refused_where_pages_call(host):
    assert click(api_key(host)[0]).status_code == 401


def test_a_revoked_and_an_expired_key_are_refused(host):
    key = make(host)
    with organization_scope(host.id):
        revoke_api_key(actor=host.actor(), api_key_id=key.id, now=utc_now())
    assert click(key.secret).status_code == 401


def test_a_suspended_organization_has_no_edge(committed):
    host = host_organization()
    key = make(host).secret
    assert click(key).status_code == 200
    move(host, OrganizationStatus.SUSPENDED)
    assert click(key).json()["code"] == "organization_suspended"
