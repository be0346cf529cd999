"""Organization, alliances, agreements and keys through the API."""

import json
from uuid import uuid4

import pytest

from alliance.kernel.permissions import Permission, Role
from tests.api import Caller, MemberCaller, api_key, fields, problem
from tests.cast import full_cast, proposed_agreement

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def test_the_caller_sees_its_own_organization(cast):
    body = read(Caller(cast.north, [Permission.HOME_READ]).get("/api/v1/organization"))

    assert (body["id"], body["kind"]) == (str(cast.north.id), "partner")
    assert body["permissions"] == ["home:read"]


def test_alliances_show_all_members_to_the_host_and_the_host_and_itself_to_a_partner(cast):
    path = f"/api/v1/alliances/{cast.alliance.id}"

    host = {m["name"] for m in read(Caller(cast.host).get(path))["members"]}
    north = {m["name"] for m in read(Caller(cast.north).get(path))["members"]}

    assert host == {"Lectern", "North Fitness", "South Motors"}
    assert north == {"Lectern", "North Fitness"}
    assert [a["id"] for a in read(Caller(cast.north).get("/api/v1/alliances"))["results"]] == [str(cast.alliance.id)]


def test_agreements_are_seen_by_their_parties_alone(cast):
    """Case H6 for agreements; every other address in `tests/matrix`."""
    path = f"/api/v1/agreements/{cast.agreement.id}"

    body = read(Caller(cast.north).get(path))

    assert [party["name"] for party in body["parties"]] == ["Lectern", "North Fitness"]
    assert {a["organization_id"] for a in body["versions"][0]["acceptances"]} == {str(cast.host.id), str(cast.north.id)}
    for outsider in (cast.south, cast.stranger):
        problem(Caller(outsider).get(path), 404, "not_found")
        assert read(Caller(outsider).get("/api/v1/agreements"))["results"] == []


def test_terms_are_the_executable_ones_at_an_instant(cast):
    path = f"/api/v1/agreements/{cast.agreement.id}/terms"
    caller = Caller(cast.north, [Permission.AGREEMENT_READ])

    body = read(caller.get(path, {"at": "2026-03-01T00:00:00Z"}))

    assert [share["share"] for share in body["terms"]["clauses"][0]["pays"]["shares"]] == ["3/5", "2/5"]
    assert body["version"] == 1
    problem(caller.get(path, {"at": "1999-01-01T00:00:00Z"}), 404, "no_terms_in_force")
    problem(caller.get(path, {"at": "yesterday"}), 422, "invalid_input")
    problem(Caller(cast.stranger).get(path), 404, "not_found")


def proposal(cast, **changed):
    return {
        "alliance_id": str(cast.alliance.id),
        "name": "Joint course",
        "currency": "EUR",
        "time_zone": "Europe/London",
        "effective_on": "2026-04-01",
        "shares": [
            {"organization_id": str(cast.host.id), "share": "2/3"},
            {"organization_id": str(cast.south.id), "share": "1/3"},
        ],
        **changed,
    }


def test_an_agreement_is_proposed_and_accepted_by_every_party(cast):
    host, south = MemberCaller(cast.host), MemberCaller(cast.south, Role.MANAGER)

    response = host.post("/api/v1/agreements", proposal(cast))

    body = read(response, 201)
    path = f"/api/v1/agreements/{body['id']}"
    assert response["Location"].endswith(path)
    version = body["versions"][0]
    assert version["effective_from"] == "2026-03-31T23:00:00Z"
    signature = {"version_id": version["id"], "document_sha256": version["document_sha256"], "signer_name": "A. Person"}
    assert read(host.post(f"{path}/acceptances", signature), 201)["status"] == "proposed"
    assert read(south.post(f"{path}/acceptances", signature), 201)["status"] == "signed"
    assert read(south.post(f"{path}/acceptances", signature), 201)["status"] == "signed"


def test_accepting_binds_to_what_was_read(cast):
    agreement = proposed_agreement(cast.alliance, [(cast.host, "50%"), (cast.south, "50%")])
    path = f"/api/v1/agreements/{agreement.id}/acceptances"
    signature = {"version_id": str(agreement.version_id), "document_sha256": "0" * 64, "signer_name": "A. Person"}

    problem(MemberCaller(cast.south).post(path, signature), 409, "version_changed")
    signature["document_sha256"] = agreement.document_sha256
    problem(MemberCaller(cast.south, Role.FINANCE).post(path, signature), 403, "not_permitted")
    problem(MemberCaller(cast.stranger).post(path, signature), 404, "not_found")
    other = f"/api/v1/agreements/{cast.agreement.id}/acceptances"
    problem(MemberCaller(cast.host).post(other, signature), 404, "not_found")


@pytest.mark.parametrize(
    ("changed", "field", "code"),
    [
        ({"name": ""}, "name", "blank"),
        ({"currency": "euro"}, "currency", "invalid"),
        ({"shares": []}, "shares", "min_length"),
        ({"effective_on": "soon"}, "effective_on", "invalid"),
        ({"remainder": "mine"}, "remainder", "invalid_choice"),
        ({"status": "signed"}, "status", "unknown_field"),
        ({"currency": "XXQ"}, "currency", "unknown_currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_time_zone"),
        ({"until_on": "2026-03-01"}, "until_on", "empty_period"),
    ],
)
def test_a_bad_proposal_names_the_field(cast, changed, field, code):
    body = json.loads(Caller(cast.host).post("/api/v1/agreements", proposal(cast, **changed)).content)

    assert body["status"] == 422
    assert fields(body)[field] == code


def test_shares_are_exact_and_nested_errors_are_named(cast):
    shares = [{"organization_id": str(cast.host.id), "share": "0.6"}, {"share": "2/5", "rank": 1}]

    body = problem(Caller(cast.host).post("/api/v1/agreements", proposal(cast, shares=shares)), 422, "invalid_input")

    assert fields(body) == {"shares.0.share": "invalid", "shares.1.rank": "unknown_field"}
    uneven = [
        {"organization_id": str(cast.host.id), "share": "2/3"},
        {"organization_id": str(cast.south.id), "share": "2/3"},
    ]
    body = problem(Caller(cast.host).post("/api/v1/agreements", proposal(cast, shares=uneven)), 422, "impossible_terms")
    assert fields(body) == {"shares": "shares_do_not_sum_to_one"}


def test_a_foreign_alliance_takes_no_proposal(cast):
    problem(Caller(cast.stranger).post("/api/v1/agreements", proposal(cast)), 404, "not_found")
    problem(Caller(cast.host).post("/api/v1/agreements", proposal(cast, alliance_id=str(uuid4()))), 404, "not_found")


def test_a_proposal_needs_its_permission_and_leaves_nothing_when_refused(cast):
    before = len(read(Caller(cast.host).get("/api/v1/agreements"))["results"])

    problem(
        Caller(cast.host, [Permission.AGREEMENT_READ]).post("/api/v1/agreements", proposal(cast)), 403, "not_permitted"
    )

    assert len(read(Caller(cast.host).get("/api/v1/agreements"))["results"]) == before


def test_keys_are_listed_without_secrets(cast):
    secret, _ = api_key(cast.north, [Permission.HOME_READ])

    response = MemberCaller(cast.north, Role.DEVELOPER).get("/api/v1/api-keys")

    [key] = read(response)["results"]
    assert key["permissions"] == ["home:read"]
    assert secret not in response.content.decode()
    assert "sha256" not in key
    problem(Caller(cast.north, [Permission.HOME_READ]).get("/api/v1/api-keys"), 403, "not_permitted")


def test_agreements_are_filtered_by_named_parameters_only(cast):
    caller = Caller(cast.host)

    assert len(read(caller.get("/api/v1/agreements", {"status": "signed"}))["results"]) == 1
    assert read(caller.get("/api/v1/agreements", {"status": "ended"}))["results"] == []
    body = problem(caller.get("/api/v1/agreements", {"colour": "red"}), 422, "invalid_input")
    assert fields(body) == {"colour": "unknown_field"}
