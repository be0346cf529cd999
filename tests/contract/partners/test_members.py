"""Roles and removal."""

import pytest
from django.db import IntegrityError, connections
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Member, User
from tests.cast import Party, member_of, partner_organization, signed_in


@pytest.fixture
def north(db) -> Party:
    return partner_organization(name="North")


def _id(party: Party, user: User):
    with organization_scope(party.id):
        return Member.objects.get(user=user).id


def _role(party: Party, user: User) -> str | None:
    with organization_scope(party.id):
        return Member.objects.filter(user=user).values_list("role", flat=True).first()


def _change(party: Party, by: User, user: User, role: Role):
    return signed_in(by).post(reverse("portal:member_role", args=[_id(party, user)]), {"role": role.value})


def _remove(party: Party, by: User, user: User):
    return signed_in(by).post(reverse("portal:member_remove", args=[_id(party, user)]))


def test_a_new_role_ends_the_sessions_and_is_recorded(north):
    theirs = signed_in(north.finance)
    assert theirs.get(reverse("portal:members")).status_code == 200
    response = _change(north, north.owner, north.finance, Role.VIEWER)
    assert response.status_code == 302
    assert _role(north, north.finance) == "viewer"
    assert theirs.get(reverse("portal:members"))["Location"].startswith(reverse("account_login"))
    with organization_scope(north.id):
        event = AuditEvent.objects.get(action="member.role_changed")
        assert (event.before, event.after) == ({"role": "finance"}, {"role": "viewer"})


def test_the_same_role_again_changes_nothing(north):
    theirs = signed_in(north.finance)
    _change(north, north.owner, north.finance, Role.FINANCE)
    assert theirs.get(reverse("portal:members")).status_code == 200


def test_nobody_grants_above_the_own_role(north):
    assert _change(north, north.manager, north.viewer, Role.OWNER).status_code == 422  # not even offered
    assert _change(north, north.manager, north.manager, Role.OWNER).status_code == 422
    assert _change(north, north.manager, north.owner, Role.VIEWER).status_code == 403
    assert _remove(north, north.manager, north.owner).status_code == 403
    assert _role(north, north.owner) == "owner"


def test_the_last_owner_stays(north):
    refused = _change(north, north.owner, north.owner, Role.VIEWER)
    assert refused.status_code == 422
    assert "last owner" in refused.content.decode()
    client = signed_in(north.owner)
    address = reverse("portal:member_remove", args=[_id(north, north.owner)])
    assert "last owner" in client.post(address, follow=True).content.decode()
    member_of(north, Role.OWNER)
    assert _change(north, north.owner, north.owner, Role.VIEWER).status_code == 302


def test_the_database_keeps_an_owner_too(north):
    with pytest.raises(IntegrityError, match="the last owner stays"), organization_scope(north.id):
        _demote_past_the_service(north)


def _demote_past_the_service(party: Party) -> None:
    Member.objects.filter(user=party.owner).update(role=Role.VIEWER)
    with connections["default"].cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")


def test_removed_people_are_out_at_once(north):
    theirs = signed_in(north.finance)
    assert _remove(north, north.manager, north.finance).status_code == 302
    assert _role(north, north.finance) is None
    assert theirs.get(reverse("portal:members"))["Location"].startswith(reverse("account_login"))


def test_everybody_may_leave(north):
    assert _remove(north, north.viewer, north.viewer)["Location"] == reverse("account_login")
    assert _role(north, north.viewer) is None


def test_who_may(north):
    stranger = partner_organization()
    assert _remove(north, stranger.owner, north.finance).status_code == 404
    assert _change(north, stranger.owner, north.finance, Role.VIEWER).status_code == 404
    assert _remove(north, north.viewer, north.finance).status_code == 403
    assert _change(north, north.viewer, north.finance, Role.VIEWER).status_code == 403
    page = reverse("portal:member_remove", args=[_id(north, north.finance)])
    assert signed_in(north.owner).get(page).status_code == 405
    assert _change(north, north.owner, north.finance, Role.FINANCE).status_code == 302
    unknown = signed_in(north.owner).post(
        reverse("portal:member_role", args=[_id(north, north.finance)]), {"role": "king"}
    )
    assert unknown.status_code == 422
