"""Terms through the API: their schema, what is wrong with them, proposing them whole, versions and their difference."""

import json

import pytest
from django.test import Client
from jsonschema import Draft202012Validator

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import Agreement, TermsVersion
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import full_cast
from tests.contract.partners.drafts.drafting import plain
from tests.domain.partners.terms.written import clause, commission, when

pytestmark = pytest.mark.django_db


@pytest.fixture
def cast(db):
    return full_cast()


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def courses(cast, rate="20%", **more):
    """A commission of `rate` for north on courses."""
    pays = commission(rate, party=cast.north.id, payer=cast.host.id)
    only = when({"field": "item_kind", "value": ["course"]})
    return {**plain(cast.host, cast.north), "clauses": [clause(pays, id="courses", when=only)], **more}


def proposal(cast, **more):
    return {"alliance_id": str(cast.alliance.id), "name": "Courses", "effective_on": "2026-04-01", **more}


def versions(cast):
    return f"/api/v1/agreements/{cast.agreement.id}/versions"


def test_the_schema_is_public_may_be_kept_and_describes_what_is_taken(cast):
    response = Client().get("/api/v1/schemas/terms")
    schema = read(response)
    assert response["Content-Type"] == "application/schema+json"
    assert response["Cache-Control"] == "public, max-age=3600"
    Draft202012Validator.check_schema(schema)
    Draft202012Validator(schema).validate(courses(cast))
    assert list(Draft202012Validator(schema).iter_errors(courses(cast, hold={"days": -1})))
    assert read(Client().get("/api/v1/schemas/terms", headers={"Accept": "application/json"})) == schema
    assert Client().post("/api/v1/schemas/terms").status_code == 405


def test_possible_terms_come_back_canonical_hashed_and_in_words(cast):
    caller = Caller(cast.host, [Permission.AGREEMENT_READ])
    body = read(caller.post("/api/v1/terms/validation", {"terms": courses(cast)}))
    assert (body["is_possible"], body["problems"]) == (True, [])
    assert body["terms"]["clauses"][0]["pays"]["rate"] == "1/5"
    again = read(caller.post("/api/v1/terms/validation", {"terms": body["terms"]}))
    assert again["terms_sha256"] == body["terms_sha256"]
    said = [s for section in body["sentences"]["en"] for p in section["passages"] for s in p["sentences"]]
    assert "North Fitness earns 20% of the base; Lectern pays it and keeps the rest." in said
    assert "收益来源" in [section["title"] for section in body["sentences"]["zh-hans"]]
    with organization_scope(cast.host.id):
        assert Agreement.objects.count() == 1


def test_every_problem_is_named_in_the_language_asked_for(cast):
    wrong = courses(cast, "0%", hold={"days": -1}, currency="XXX")
    caller = Caller(cast.host)
    body = read(caller.post("/api/v1/terms/validation", {"terms": wrong}))
    assert (body["is_possible"], body["terms"], body["sentences"]) == (False, None, None)
    assert {(p["field"], p["code"]) for p in body["problems"]} == {
        ("terms.clauses.0.pays.rate", "not_above_zero"),
        ("terms.hold.days", "too_small"),
        ("terms.currency", "unknown_currency"),
    }
    chinese = caller.post("/api/v1/terms/validation", {"terms": wrong}, **{"Accept-Language": "zh-hans"})
    assert "数值太小，至少为 0。" in [p["detail"] for p in read(chinese)["problems"]]


@pytest.mark.parametrize(
    ("body", "field", "code"),
    [
        ({}, "terms", "required"),
        ({"terms": []}, "terms", "not_an_object"),
        ({"terms": "{}"}, "terms", "not_an_object"),
        ({"terms": None}, "terms", "null"),
        ({"terms": {}, "name": "x"}, "name", "unknown_field"),
    ],
)
def test_what_is_no_object_is_no_terms(cast, body, field, code):
    answer = problem(Caller(cast.host).post("/api/v1/terms/validation", body), 422, "invalid_input")
    assert fields(answer) == {field: code}


def test_an_agreement_is_proposed_with_whole_terms(cast):
    body = read(Caller(cast.host).post("/api/v1/agreements", proposal(cast, terms=courses(cast))), 201)
    assert (body["currency"], body["time_zone"], body["status"]) == ("EUR", "UTC", "proposed")
    with organization_scope(cast.north.id):
        version = TermsVersion.objects.get(agreement_id=body["id"])
        assert version.parsed().clauses[0].id == "courses"
        assert version.parsed().plain_shares is None


def test_impossible_terms_name_every_input_below_terms(cast):
    wrong = courses(cast, "0%", hold={"days": -1})
    given = proposal(cast, terms=wrong, until_on="2026-03-01")
    body = problem(Caller(cast.host).post("/api/v1/agreements", given), 422, "impossible_terms")
    assert fields(body) == {
        "terms.clauses.0.pays.rate": "not_above_zero",
        "terms.hold.days": "too_small",
        "until_on": "empty_period",
    }
    with organization_scope(cast.host.id):
        assert Agreement.objects.count() == 1


@pytest.mark.parametrize(
    ("more", "wrong"),
    [
        ({}, {"terms": "either_or"}),
        ({"shares": True}, {"terms": "either_or"}),
        ({"currency": "EUR"}, {"currency": "said_by_terms"}),
        ({"time_zone": "UTC"}, {"time_zone": "said_by_terms"}),
        ({"remainder": "quota_method"}, {"remainder": "said_by_terms"}),
    ],
)
def test_shares_or_terms_but_not_both(cast, more, wrong):
    shares = [
        {"organization_id": str(cast.host.id), "share": "1/2"},
        {"organization_id": str(cast.north.id), "share": "1/2"},
    ]
    given = proposal(cast, **more)
    if more:
        given["terms"] = courses(cast)
    if more.get("shares"):
        given["shares"] = shares
    assert fields(problem(Caller(cast.host).post("/api/v1/agreements", given), 422, "invalid_input")) == wrong
    incomplete = problem(
        Caller(cast.host).post("/api/v1/agreements", proposal(cast, shares=shares)), 422, "invalid_input"
    )
    assert fields(incomplete) == {"currency": "required", "time_zone": "required"}


def test_parties_outside_the_alliance_are_named_below_terms(cast):
    strange = plain(cast.host, cast.stranger)
    body = problem(Caller(cast.host).post("/api/v1/agreements", proposal(cast, terms=strange)), 422, "not_in_alliance")
    assert fields(body) == {"terms.parties": "not_in_alliance"}


def test_the_next_version_is_proposed_read_and_compared(cast):
    given = {"effective_on": "2026-07-01", "terms": courses(cast)}
    response = Caller(cast.north).post(versions(cast), given)
    body = read(response, 201)
    assert (body["number"], body["status"], body["acceptances"]) == (2, "proposed", [])
    assert read(Caller(cast.host).get(response["Location"])) == body
    assert body["terms"]["clauses"][0]["id"] == "courses"
    assert [section["title"] for section in body["sentences"]["en"]][:2] == ["In force", "Parties and currency"]

    found = read(Caller(cast.host).get(f"{versions(cast)}/1/difference", {"to": 2}))
    assert (found["from_version"], found["to_version"]) == (1, 2)
    assert {(c["kind"], c["path"]) for c in found["changes"]} == {
        ("removed", "clauses.sales"),
        ("added", "clauses.courses"),
    }
    rows = found["sentences"]["en"]
    assert {
        "kind": "removed",
        "section": "What earns",
        "passage": "Clause sales",
        "before": "Lectern gets 60%.",
        "after": "",
    } in rows
    assert any(row["section"] == "In force" and row["kind"] == "changed" for row in rows)
    back = read(Caller(cast.host).get(f"{versions(cast)}/2/difference", {"to": 1}))
    assert {(c["kind"], c["path"]) for c in back["changes"]} == {
        ("added", "clauses.sales"),
        ("removed", "clauses.courses"),
    }


def test_a_version_by_shares_too(cast):
    shares = [{"organization_id": str(party.id), "share": "50%"} for party in (cast.host, cast.north)]
    body = read(Caller(cast.host).post(versions(cast), {"effective_on": "2026-07-01", "shares": shares}), 201)
    assert body["terms"]["clauses"][0]["pays"]["shares"][0]["share"] == "1/2"


def test_a_version_keeps_what_the_agreement_fixes(cast):
    given = {"effective_on": "2026-07-01", "terms": courses(cast, currency="GBP")}
    body = problem(Caller(cast.host).post(versions(cast), given), 422, "impossible_terms")
    assert fields(body) == {"terms.currency": "other_currency"}


def test_who_may(cast):
    given = {"effective_on": "2026-07-01", "terms": courses(cast)}
    problem(Caller(cast.stranger).post(versions(cast), given), 404, "not_found")
    problem(MemberCaller(cast.north, Role.VIEWER).post(versions(cast), given), 403, "not_permitted")
    problem(Caller(cast.stranger).get(f"{versions(cast)}/1"), 404, "not_found")
    problem(Caller(cast.stranger).get(f"{versions(cast)}/1/difference", {"to": 1}), 404, "not_found")
    problem(Caller(cast.host).get(f"{versions(cast)}/9"), 404, "not_found")
    problem(Caller(cast.host).get(f"{versions(cast)}/1/difference", {"to": 9}), 404, "not_found")
    assert fields(problem(Caller(cast.host).get(f"{versions(cast)}/1/difference"), 422, "invalid_input")) == {
        "to": "required"
    }
    problem(Caller(cast.host).put(f"{versions(cast)}/1"), 405, "method_not_allowed")


def test_the_terms_in_force_are_said_in_words_too(cast):
    body = read(Caller(cast.north).get(f"/api/v1/agreements/{cast.agreement.id}/terms"))
    said = [s for section in body["sentences"]["en"] for p in section["passages"] for s in p["sentences"]]
    assert "North Fitness gets 40%." in said
