"""Alliances and the organization's own settings through the API: opened, partners brought in, codes, first owners."""

import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.alliances import api_shapes as examples
from partners.api_shapes import AllianceMemberShape
from partners.models import Alliance, Organization
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import Cast, full_cast, host_organization, partner_organization

pytestmark = pytest.mark.django_db
PATH = "/api/v1/alliances"
ORGANIZATION = "/api/v1/organization"


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def host(cast) -> MemberCaller:
    return MemberCaller(cast.host, Role.MANAGER)


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_a_host_opens_an_alliance_and_brings_partners_in(cast, host):
    opened = host.post(PATH, examples.ALLIANCE)
    body = read(opened, 201)
    path = f"{PATH}/{body['id']}"
    assert opened["Location"].endswith(path)
    assert [member["name"] for member in body["members"]] == ["Lectern"]
    given = {"organization_id": str(cast.stranger.id), "partner_code": "travel"}
    member = read(host.post(f"{path}/partners", given), 201)
    assert (member["name"], member["partner_code"]) == ("Stranger Travel", "travel")
    assert read(host.post(f"{path}/partners", given), 201) == member
    problem(host.post(f"{path}/partners", {**given, "partner_code": "other"}), 409, "already_in_alliance")
    founded = read(host.post(f"{path}/partners", examples.PARTNERS["A company that is new"]), 201)
    assert set(examples.MEMBER) == set(AllianceMemberShape().fields) == set(founded)
    names = [place["name"] for place in read(host.get(path))["members"]]
    assert names == ["Lectern", "North Fitness", "Stranger Travel"]
    with organization_scope(cast.host.id):
        row = Organization.objects.get(pk=founded["organization_id"])
    assert (row.country, row.time_zone) == ("DE", "Europe/Berlin")


def test_a_founded_partner_gets_its_first_owner(cast, host):
    path = f"{PATH}/{cast.alliance.id}/partners"
    founded = read(host.post(path, {"name": "New Company"}), 201)
    owners = f"{path}/{founded['organization_id']}/owner-invitations"
    assert host.post(owners, examples.OWNER).status_code == 204
    assert fields(problem(host.post(owners, {"email": "nobody"}), 422, "address_invalid")) == {
        "email": "address_invalid"
    }
    problem(host.post(f"{path}/{cast.north.id}/owner-invitations", examples.OWNER), 409, "has_its_own_people")


def test_codes_are_changed_and_belong_to_one_partner(cast, host):
    path = f"{PATH}/{cast.alliance.id}/partners/{cast.north.id}"
    assert read(host.patch(path, examples.CODE))["partner_code"] == "fit"
    assert fields(problem(host.patch(path, {"partner_code": "south"}), 422, "partner_code_taken")) == {
        "partner_code": "partner_code_taken"
    }
    problem(host.patch(f"{PATH}/{cast.alliance.id}/partners/{cast.stranger.id}", examples.CODE), 404, "not_found")


@pytest.mark.parametrize(
    ("body", "code", "wrong"),
    [
        ({}, "invalid_input", {"organization_id": "either_or"}),
        ({"organization_id": "x"}, "invalid_input", {"organization_id": "invalid"}),
        ({"name": "New", "country": "Germany"}, "invalid_input", {"country": "not_a_country"}),
        ({"name": "New", "country": "XQ"}, "invalid_input", {"country": "not_a_country"}),
        ({"name": "New", "time_zone": "Mars"}, "unknown_time_zone", {"time_zone": "unknown_time_zone"}),
        ({"name": "New", "owner": "me"}, "invalid_input", {"owner": "unknown_field"}),
        (
            {"organization_id": "01939d6a-0000-7000-8000-000000000012"},
            "unknown_organization",
            {"organization_id": "unknown_organization"},
        ),
    ],
)
def test_bad_input(cast, host, body, code, wrong):
    assert fields(problem(host.post(f"{PATH}/{cast.alliance.id}/partners", body), 422, code)) == wrong


def test_who_may(cast, host):
    partners = f"{PATH}/{cast.alliance.id}/partners"
    given = {"organization_id": str(cast.stranger.id)}
    problem(MemberCaller(cast.north).post(PATH, examples.ALLIANCE), 403, "host_only")
    problem(MemberCaller(cast.north).post(partners, given), 403, "host_only")
    problem(MemberCaller(cast.north).patch(f"{partners}/{cast.north.id}", examples.CODE), 403, "host_only")
    for stranger in (cast.stranger, host_organization(name="Other host")):
        problem(MemberCaller(stranger).post(partners, given), 404, "not_found")
        problem(MemberCaller(stranger).patch(f"{partners}/{cast.north.id}", examples.CODE), 404, "not_found")
        owners = f"{partners}/{cast.north.id}/owner-invitations"
        problem(MemberCaller(stranger).post(owners, examples.OWNER), 404, "not_found")
    problem(MemberCaller(cast.host, Role.FINANCE).post(partners, given), 403, "not_permitted")
    problem(Caller(cast.host, tuple(Permission)).post(partners, given), 403, "person_required")
    with organization_scope(cast.host.id):
        assert Alliance.objects.count() == 1


def test_the_same_request_under_one_key_opens_one_alliance(cast, host):
    first, again = (host.post(PATH, examples.ALLIANCE, key="once") for _ in range(2))
    assert read(first, 201)["id"] == read(again, 201)["id"]
    with organization_scope(cast.host.id):
        assert Alliance.objects.count() == 2


def test_the_organization_says_what_it_is(cast):
    owner = MemberCaller(cast.north)
    body = read(owner.patch(ORGANIZATION, {"country": "de", "time_zone": "Europe/Berlin"}))
    assert (body["name"], body["country"], body["time_zone"]) == ("North Fitness", "DE", "Europe/Berlin")
    assert read(owner.patch(ORGANIZATION, {}))["country"] == "DE"
    assert fields(problem(owner.patch(ORGANIZATION, {"name": " "}), 422, "invalid_input")) == {"name": "blank"}
    answer = problem(owner.patch(ORGANIZATION, {"country": "XQ", "industry": "magic"}), 422, "invalid_input")
    assert fields(answer) == {"country": "not_a_country", "industry": "invalid_choice"}
    answer = problem(owner.patch(ORGANIZATION, {"time_zone": "Mars"}), 422, "unknown_time_zone")
    assert fields(answer) == {"time_zone": "unknown_time_zone"}
    problem(owner.patch(ORGANIZATION, {"kind": "host"}), 422, "invalid_input")
    problem(MemberCaller(cast.north, Role.MANAGER).patch(ORGANIZATION, {"name": "Mine"}), 403, "not_permitted")


def test_an_owner_asks_everybody_for_a_second_factor_after_giving_one(cast):
    path = f"{ORGANIZATION}/second-factor-rule"
    owner = MemberCaller(partner_organization())
    assert read(owner.get(path)) == {"is_required": False}
    problem(owner.put(path, {"is_required": True}), 403, "second_factor_required")
    owner = MemberCaller(cast.north, second_factor=True)
    for _ in range(2):
        assert read(owner.put(path, {"is_required": True})) == {"is_required": True}
    problem(MemberCaller(cast.north, Role.FINANCE).get(ORGANIZATION), 403, "second_factor_required")
    assert read(owner.put(path, {"is_required": False})) == {"is_required": False}
    assert fields(problem(owner.put(path, {}), 422, "invalid_input")) == {"is_required": "required"}
    problem(MemberCaller(cast.north, Role.MANAGER).get(path), 403, "not_permitted")
    problem(Caller(cast.north, tuple(Permission)).put(path, {"is_required": False}), 403, "person_required")
