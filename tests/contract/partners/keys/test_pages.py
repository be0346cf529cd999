"""API keys in the portal: shown once, kept as a hash."""

import hashlib
import re
from datetime import timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic, organization_scope
from partners.keys.selectors import find_api_key
from partners.keys.services.rotate_api_key import OverlapTooLongError, rotate_api_key
from partners.models import ApiKey
from tests.api import Caller
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
    found = find_api_key(secret)
    assert found.organization_id == north.id
    assert found.permissions == {Permission.ORDER_READ, Permission.STATEMENT_READ}
    assert secret not in signed_in(north.owner).get(reverse("portal:api_keys")).content.decode()


def test_a_revoked_key_is_useless_and_revoking_again_is_harmless(north):
    secret = _shown(_make(north))
    [key] = _keys(north)
    address = reverse("portal:api_key_revoke", args=[key.id])
    assert [signed_in(north.owner).post(address).status_code for _ in range(2)] == [302, 302]
    assert not find_api_key(secret).is_usable_at(utc_now())
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


def _rotate(party: Party, key: ApiKey, overlap="24", by=None):
    return signed_in(by or party.owner).post(reverse("portal:api_key_rotate", args=[key.id]), {"overlap": overlap})


def _shown(response) -> str:
    return re.search(r'value="([sp]k_[^"]+)"', response.content.decode())[1]


def test_after_a_rotation_both_keys_work_until_the_chosen_time(north):
    old_secret = _shown(_make(north))
    [old] = _keys(north)
    response = _rotate(north, old)
    assert "no-store" in response["Cache-Control"]
    new_secret = _shown(response)
    new, old = sorted(_keys(north), key=lambda key: key.replaces_id is None)
    assert (new.replaces_id, new.permissions, new.name, new.expires_at) == (old.id, old.permissions, old.name, None)
    now = utc_now()
    assert timedelta(hours=23) < old.expires_at - now <= timedelta(hours=24)
    assert find_api_key(new_secret).is_usable_at(now)
    assert find_api_key(old_secret).is_usable_at(old.expires_at - timedelta(seconds=1))
    assert not find_api_key(old_secret).is_usable_at(old.expires_at)
    listed = signed_in(north.owner).get(reverse("portal:api_keys")).content.decode()
    assert "replaced by a newer key" in listed
    assert new_secret not in listed
    assert Caller(north, secret=old_secret).get("/api/v1/orders").status_code != 401
    assert Caller(north, secret=new_secret).get("/api/v1/orders").status_code != 401


def test_a_rotation_may_end_the_old_key_at_once(north):
    old_secret = _shown(_make(north))
    [old] = _keys(north)
    _rotate(north, old, "0")
    assert not find_api_key(old_secret).is_usable_at(utc_now())


def test_a_rotation_never_lengthens_the_old_keys_life(north):
    _make(north)
    [old] = _keys(north)
    soon = utc_now() + timedelta(hours=2)
    with organization_scope(north.id):
        ApiKey.objects.update(expires_at=soon, created_at=soon - timedelta(days=30))
    _rotate(north, old, "168")
    new, old = sorted(_keys(north), key=lambda key: key.replaces_id is None)
    assert old.expires_at == soon
    assert timedelta(days=29) < new.expires_at - utc_now() <= timedelta(days=30)


def test_a_key_is_rotated_once_and_not_after_its_end(north):
    _make(north)
    [old] = _keys(north)
    _rotate(north, old)
    assert _rotate(north, old).status_code == 422
    [new] = [key for key in _keys(north) if key.replaces_id]
    signed_in(north.owner).post(reverse("portal:api_key_revoke", args=[new.id]))
    assert _rotate(north, new).status_code == 422
    assert len(_keys(north)) == 2


@pytest.mark.parametrize("overlap", ["", "169", "-1", "x"])
def test_the_overlap_is_a_week_at_most(north, overlap):
    _make(north)
    [old] = _keys(north)
    assert _rotate(north, old, overlap).status_code == 422
    with pytest.raises(OverlapTooLongError), organization_scope(north.id):
        rotate_api_key(actor=north.actor(), api_key_id=old.id, overlap=timedelta(days=7, seconds=1), now=utc_now())


def test_nobody_rotates_into_rights_that_they_lack(north):
    _make(north, permissions=["export:create"])
    [key] = _keys(north)
    developer = member_of(north, Role.DEVELOPER)
    assert _rotate(north, key, by=developer).status_code == 403
    assert _rotate(partner_organization(), key).status_code == 404
    assert _rotate(north, key, by=north.viewer).status_code == 403


PUBLISHABLE = {
    "name": "Our pages",
    "scopes": ["event:write"],
    "origins": "https://shop.example\nhttps://www.shop.example",
    "expires_on": "",
}


def _publish(party: Party, **changes):
    return signed_in(party.owner).post(reverse("portal:publishable_key_create"), PUBLISHABLE | changes)


def test_a_publishable_key_names_its_pages_and_has_no_permission(north):
    secret = _shown(_publish(north))
    [key] = _keys(north)
    assert secret.startswith("pk_")
    assert (key.kind, key.permissions, key.scopes) == ("publishable", [], ["event:write"])
    assert key.origins == ["https://shop.example", "https://www.shop.example"]
    assert "https://www.shop.example" in signed_in(north.owner).get(reverse("portal:api_keys")).content.decode()


@pytest.mark.parametrize(
    ("changes", "field"),
    [
        ({"name": ""}, "name"),
        ({"scopes": []}, "scopes"),
        ({"scopes": ["order:read"]}, "scopes"),
        ({"origins": ""}, "origins"),
        ({"origins": "http://shop.example"}, "origins"),
        ({"origins": "https://shop.example/page"}, "origins"),
        ({"origins": "*"}, "origins"),
        ({"origins": "\n".join(f"https://shop-{n}.example" for n in range(51))}, "origins"),
    ],
)
def test_bad_input_for_a_publishable_key(north, changes, field):
    response = _publish(north, **changes)
    assert response.status_code == 422
    assert list(response.context["form"].errors) == [field]
    assert _keys(north) == []


def test_the_database_keeps_the_kinds_apart(north):
    _make(north)
    with organization_scope(north.id), pytest.raises(IntegrityError, match="api_key_shape_of_kind"), atomic():
        ApiKey.objects.update(kind="publishable")
