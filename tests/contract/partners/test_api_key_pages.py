"""API keys in the portal: shown once, kept as a hash."""

import hashlib
import re

import pytest
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApiKey
from partners.selectors import find_api_key
from tests.cast import Party, member_of, partner_organization, signed_in


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def _make(party: Party, by=None, **changes):
    data = {"name": "Nightly import", "permissions": ["order:read", "statement:read"], "expires_on": ""} | changes
    return signed_in(by or party.owner).post(reverse("portal:api_key_create"), data)


def _keys(party: Party) -> list[ApiKey]:
    with organization_scope(party.id):
        return list(ApiKey.objects.all())


def test_the_secret_is_shown_once_and_kept_as_a_hash(north):
    response = _make(north)
    assert "no-store" in response["Cache-Control"]
    secret = re.search(r'value="(sk_[^"]+)"', response.content.decode())[1]
    [key] = _keys(north)
    assert (key.sha256, key.last_four) == (hashlib.sha256(secret.encode()).hexdigest(), secret[-4:])
    found = find_api_key(key.sha256)
    assert found.organization_id == north.id
    assert found.permissions == {Permission.ORDER_READ, Permission.STATEMENT_READ}
    assert secret not in signed_in(north.owner).get(reverse("portal:api_keys")).content.decode()


def test_a_revoked_key_is_useless_and_revoking_again_is_harmless(north):
    _make(north)
    [key] = _keys(north)
    address = reverse("portal:api_key_revoke", args=[key.id])
    assert [signed_in(north.owner).post(address).status_code for _ in range(2)] == [302, 302]
    assert not find_api_key(key.sha256).is_usable_at(utc_now())
    assert "revoked" in signed_in(north.owner).get(reverse("portal:api_keys")).content.decode()


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"name": ""}, "required"),
        ({"permissions": []}, "required"),
        ({"permissions": ["member:manage"]}, "valid choice"),
        ({"expires_on": "2020-01-01"}, "lies in the past"),
    ],
)
def test_bad_input(north, changes, sentence):
    response = _make(north, **changes)
    assert response.status_code == 422
    assert sentence in response.content.decode()
    assert _keys(north) == []


def test_a_key_can_do_no_more_than_its_maker(north):
    developer = member_of(north, Role.DEVELOPER)
    assert _make(north, by=developer).status_code == 200
    assert _make(north, by=developer, permissions=["export:create"]).status_code == 422


def test_who_may(north):
    _make(north)
    [key] = _keys(north)
    revoke = reverse("portal:api_key_revoke", args=[key.id])
    assert _make(north, by=north.manager).status_code == 403
    assert signed_in(north.viewer).get(reverse("portal:api_keys")).status_code == 403
    assert signed_in(north.viewer).post(revoke).status_code == 403
    assert signed_in(partner_organization().owner).post(revoke).status_code == 404
    assert signed_in(north.owner).get(revoke).status_code == 405
