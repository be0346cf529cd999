"""People of an organization through the API: listed, invited, given a role, let go; by people alone."""

import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Invitation, Member
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import Party, full_cast, second_factor_of
from tests.outbox import deliver_all

pytestmark = pytest.mark.django_db
MEMBERS, INVITATIONS = "/api/v1/members", "/api/v1/invitations"


@pytest.fixture
def cast(db):
    return full_cast()


def _address(party: Party, role: Role) -> str:
    user = party.user(role)
    with organization_scope(party.id):
        return f"{MEMBERS}/{Member.objects.get(user=user).pk}"


def _role(party: Party, role: Role) -> str | None:
    with organization_scope(party.id):
        return Member.objects.filter(user=party.members[role]).values_list("role", flat=True).first()


def _invite(caller: Caller, *emails: str, role: str = "analyst", **more: object):
    return caller.post(INVITATIONS, {"emails": list(emails), "role": role, **more})


def test_the_list_names_each_with_role_and_for_managers_more(cast):
    second_factor_of(cast.north.finance)

    seen = json.loads(MemberCaller(cast.north).get(MEMBERS).content)["results"]
    plain = json.loads(MemberCaller(cast.north, Role.VIEWER).get(MEMBERS).content)["results"]

    assert sorted(m["role"] for m in seen) == ["finance", "manager", "owner", "viewer"]
    assert {m["role"]: m["has_second_factor"] for m in seen}["finance"] is True
    assert {m["role"]: m["has_second_factor"] for m in seen}["viewer"] is False
    assert {(m["has_second_factor"], m["last_signed_in_at"]) for m in plain} == {(None, None)}
    assert {m["email"] for m in seen} == {user.email for user in cast.north.members.values()}


def test_one_member(cast):
    body = json.loads(MemberCaller(cast.north).get(_address(cast.north, Role.FINANCE)).content)

    assert (body["role"], body["email"]) == ("finance", cast.north.finance.email)
    problem(MemberCaller(cast.south).get(_address(cast.north, Role.FINANCE)), 404, "not_found")


def test_a_key_does_nothing_to_people_whatever_it_holds(cast):
    key = Caller(cast.north, tuple(Permission))
    address = _address(cast.north, Role.FINANCE)

    for answer in (
        key.get(MEMBERS),
        key.get(address),
        key.patch(address, {"role": "viewer"}),
        key.delete(address),
        key.get(INVITATIONS),
        _invite(key, "a@north.example"),
    ):
        problem(answer, 403, "person_required")
    assert _role(cast.north, Role.FINANCE) == "finance"


def test_another_role_ends_the_sessions(cast):
    theirs = MemberCaller(cast.north, Role.FINANCE)
    assert theirs.get(MEMBERS).status_code == 200

    body = json.loads(MemberCaller(cast.north).patch(_address(cast.north, Role.FINANCE), {"role": "viewer"}).content)

    assert body["role"] == "viewer"
    problem(theirs.get(MEMBERS), 401, "not_authenticated")


def test_roles_are_refused_by_name(cast):
    owner, manager = MemberCaller(cast.north), MemberCaller(cast.north, Role.MANAGER)
    viewer, finance = MemberCaller(cast.north, Role.VIEWER), _address(cast.north, Role.FINANCE)

    assert fields(problem(owner.patch(finance, {"role": "king"}), 422, "invalid_input")) == {"role": "invalid_choice"}
    assert fields(problem(owner.patch(finance, {}), 422, "invalid_input")) == {"role": "required"}
    unknown = problem(owner.patch(finance, {"role": "viewer", "user": "x"}), 422, "invalid_input")
    assert fields(unknown) == {"user": "unknown_field"}
    problem(manager.patch(finance, {"role": "owner"}), 403, "grant_too_high")
    problem(viewer.patch(finance, {"role": "viewer"}), 403, "not_permitted")
    problem(owner.patch(_address(cast.north, Role.OWNER), {"role": "viewer"}), 409, "last_owner")
    problem(MemberCaller(cast.south).patch(finance, {"role": "viewer"}), 404, "not_found")
    assert _role(cast.north, Role.FINANCE) == "finance"


def test_removing_and_leaving(cast):
    manager, viewer = MemberCaller(cast.north, Role.MANAGER), MemberCaller(cast.north, Role.VIEWER)
    finance = _address(cast.north, Role.FINANCE)

    problem(viewer.delete(finance), 403, "not_permitted")
    assert manager.delete(finance).status_code == 204
    problem(manager.delete(finance), 404, "not_found")
    assert viewer.delete(_address(cast.north, Role.VIEWER)).status_code == 204
    problem(MemberCaller(cast.north).delete(_address(cast.north, Role.OWNER)), 409, "last_owner")
    assert [_role(cast.north, role) for role in (Role.FINANCE, Role.VIEWER)] == [None, None]


def test_inviting_listing_and_taking_back(cast, mailoutbox):
    owner = MemberCaller(cast.north)

    made = _invite(owner, "a@north.example", "b@north.example", language="zh-hans")
    listed = json.loads(owner.get(INVITATIONS).content)["results"]

    assert made.status_code == 201
    assert json.loads(made.content) == listed
    assert {(i["email"], i["role"], i["language"]) for i in listed} == {
        ("a@north.example", "analyst", "zh-hans"),
        ("b@north.example", "analyst", "zh-hans"),
    }
    deliver_all()
    assert len(mailoutbox) == 2
    assert "token" not in made.content.decode()
    assert owner.delete(f"{INVITATIONS}/{listed[0]['id']}").status_code == 204
    assert owner.delete(f"{INVITATIONS}/{listed[0]['id']}").status_code == 204  # again: nothing more happens
    assert len(json.loads(owner.get(INVITATIONS).content)["results"]) == 1


def test_an_invitation_sent_twice_under_one_key_is_mailed_once(cast, mailoutbox):
    owner = MemberCaller(cast.north)
    for _ in range(2):
        body = {"emails": ["a@north.example"], "role": "viewer"}
        assert owner.post(INVITATIONS, body, key="once").status_code == 201
    deliver_all()
    assert len(mailoutbox) == 1


def test_invitations_are_refused_by_name(cast):
    owner = MemberCaller(cast.north)

    assert fields(problem(_invite(owner), 422, "invalid_input")) == {"emails": "min_length"}
    assert fields(problem(_invite(owner, *(["x"] * 51)), 422, "invalid_input")) == {"emails": "max_length"}
    problem(_invite(owner, "nonsense"), 422, "address_invalid")
    problem(_invite(owner, "nonsense", "a@north.example"), 422, "nobody_invited")
    problem(_invite(owner, cast.north.viewer.email), 409, "already_member")
    problem(_invite(MemberCaller(cast.north, Role.MANAGER), "a@north.example", role="owner"), 403, "grant_too_high")
    problem(_invite(MemberCaller(cast.north, Role.VIEWER), "a@north.example"), 403, "not_permitted")
    with organization_scope(cast.north.id):
        assert not Invitation.objects.exists()


def test_invitations_of_others_are_not_there(cast):
    made = json.loads(_invite(MemberCaller(cast.north), "a@north.example").content)

    problem(MemberCaller(cast.south).delete(f"{INVITATIONS}/{made[0]['id']}"), 404, "not_found")
    assert json.loads(MemberCaller(cast.south).get(INVITATIONS).content)["results"] == []
