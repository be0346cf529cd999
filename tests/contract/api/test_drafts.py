"""Drafts through the API: begun, written on, proposed; and the files that are signed with a proposal."""

import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.drafts.api import examples
from partners.drafts.api.shapes import (
    DraftChangeInput,
    DraftDetailShape,
    DraftProposalInput,
    DraftShape,
    DraftStartInput,
)
from partners.models import AgreementDraft, AgreementFile
from tests.agreements import propose_next
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import NOW, full_cast
from tests.contract.partners.drafts.drafting import draft_of, plain
from tests.documents import changed_pdf, opens_with, pdf_bytes, png_bytes, upload

pytestmark = pytest.mark.django_db
PATH = "/api/v1/agreement-drafts"
FILES = "/api/v1/agreement-files"
PROPOSE = [Permission.AGREEMENT_PROPOSE]


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def caller(cast):
    return Caller(cast.host, PROPOSE)


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def new(cast, **more):
    given = {"alliance_id": str(cast.alliance.id), "name": "Kits", "terms": plain(cast.host, cast.north)}
    return {**given, **more}


def test_a_draft_is_begun_unfinished_finished_and_proposed(cast, caller):
    begun = caller.post(
        PATH, new(cast, terms={"schema": 2, "currency": "EUR", "clauses": []}, paper={"notice_days": 30})
    )
    body = read(begun, 201)
    path = f"{PATH}/{body['id']}"
    assert begun["Location"].endswith(path)
    assert (body["revision"], body["is_possible"], body["agreement_id"], body["paper"]["notice_days"]) == (
        1,
        False,
        None,
        30,
    )
    assert {problem["field"] for problem in body["problems"]} >= {"terms.parties", "terms.time_zone"}
    answer = problem(
        caller.post(f"{path}/proposal", {"revision": 1, "effective_on": "2035-01-01"}), 422, "impossible_terms"
    )
    assert fields(answer)
    body = read(caller.patch(path, {"revision": 1, "name": "Kits and courses", "terms": plain(cast.host, cast.north)}))
    assert (body["revision"], body["is_possible"], body["problems"], body["name"]) == (2, True, [], "Kits and courses")
    assert all(body["sentences"][language] for language in ("en", "zh-hans"))
    proposed = caller.post(f"{path}/proposal", {"revision": 2, "effective_on": "2035-01-01"}, key="once")
    version = read(proposed, 201)
    assert (version["number"], version["status"], version["end_rule"]["notice_days"]) == (1, "proposed", 30)
    assert read(Caller(cast.north).get(proposed["Location"]))["id"] == version["id"]
    again = caller.post(f"{path}/proposal", {"revision": 2, "effective_on": "2035-01-01"}, key="once")
    assert (read(again, 201)["id"], again["Idempotent-Replayed"]) == (version["id"], "true")
    problem(caller.get(path), 404, "not_found")


def test_the_next_version_begins_with_what_was_last_agreed(cast, caller):
    body = read(caller.post(PATH, {"agreement_id": str(cast.agreement.id)}), 201)
    assert (body["agreement_id"], body["alliance_id"], body["is_possible"]) == (
        str(cast.agreement.id),
        str(cast.alliance.id),
        True,
    )
    terms = body["terms"]
    terms["hold"] = {"days": 30}
    path = f"{PATH}/{body['id']}"
    read(caller.patch(path, {"revision": 1, "terms": terms}))
    version = read(caller.post(f"{path}/proposal", {"revision": 2, "effective_on": "2035-01-01"}), 201)
    assert (version["number"], version["terms"]["hold"]) == (2, {"days": 30})


def test_an_answer_takes_the_place_of_the_proposal(cast):
    waiting = propose_next(cast.agreement, NOW.date().replace(year=2035))
    north = Caller(cast.north, PROPOSE)
    given = {"agreement_id": str(cast.agreement.id), "answers": 2}
    body = read(north.post(PATH, given), 201)
    assert body["answers"] == 2
    proposal = {"revision": 1, "effective_on": "2035-02-01"}
    version = read(north.post(f"{PATH}/{body['id']}/proposal", proposal), 201)
    assert (version["number"], version["answers"]) == (3, 2)
    replaced = read(Caller(cast.host).get(f"/api/v1/agreements/{waiting.id}/versions/2"))
    assert replaced["status"] == "replaced"


def test_nobody_writes_over_what_they_have_not_seen(cast, caller):
    path = f"{PATH}/{draft_of(cast)}"
    read(caller.patch(path, {"revision": 1, "name": "Mine"}))
    problem(caller.patch(path, {"revision": 1, "name": "Yours"}), 409, "draft_changed")
    problem(caller.post(f"{path}/proposal", {"revision": 1, "effective_on": "2035-01-01"}), 409, "draft_changed")
    assert read(caller.get(path))["name"] == "Mine"


@pytest.mark.parametrize(
    ("body", "code", "wrong"),
    [
        ({}, "invalid_input", {"alliance_id": "required", "name": "required", "terms": "required"}),
        ({"terms": []}, "invalid_input", {"terms": "not_an_object"}),
        ({"paper": {"notice_days": -1}}, "invalid_input", {"paper.notice_days": "min_value"}),
        ({"paper": {"at_end": "explode"}}, "invalid_input", {"paper.at_end": "invalid_choice"}),
        ({"name": ""}, "invalid_input", {"name": "blank"}),
        ({"state": "x"}, "invalid_input", {"state": "unknown_field"}),
        ({"terms": {"clauses": "all of them"}}, "not_held_by_forms", {"terms": "not_held_by_forms"}),
    ],
)
def test_bad_input(cast, caller, body, code, wrong):
    given = {**new(cast), **body} if body else {}
    assert fields(problem(caller.post(PATH, given), 422, code)) == wrong
    with organization_scope(cast.host.id):
        assert not AgreementDraft.objects.exists()


def test_of_a_next_version_the_agreement_says_where_it_belongs(cast, caller):
    given = {"agreement_id": str(cast.agreement.id), "name": "Another", "alliance_id": str(cast.alliance.id)}
    assert fields(problem(caller.post(PATH, given), 422, "invalid_input")) == {
        "name": "said_by_agreement",
        "alliance_id": "said_by_agreement",
    }
    problem(caller.post(PATH, {"agreement_id": str(cast.agreement.id), "answers": 9}), 404, "not_found")


def test_a_draft_is_seen_by_its_organization_alone(cast, caller):
    path = f"{PATH}/{draft_of(cast)}"
    assert len(read(caller.get(PATH))["results"]) == 1
    for other in (cast.north, cast.stranger):
        stranger = Caller(other, PROPOSE)
        assert read(stranger.get(PATH))["results"] == []
        problem(stranger.get(path), 404, "not_found")
        problem(stranger.patch(path, {"revision": 1, "name": "Mine"}), 404, "not_found")
        problem(stranger.delete(path), 404, "not_found")
        problem(stranger.post(f"{path}/proposal", {"revision": 1, "effective_on": "2035-01-01"}), 404, "not_found")
    problem(MemberCaller(cast.host, Role.VIEWER).get(PATH), 403, "not_permitted")
    problem(Caller(cast.host, [Permission.AGREEMENT_READ]).get(path), 403, "not_permitted")
    problem(Caller(cast.stranger, PROPOSE).post(PATH, new(cast)), 404, "not_found")
    problem(Caller(cast.stranger, PROPOSE).post(PATH, {"agreement_id": str(cast.agreement.id)}), 404, "not_found")
    assert caller.delete(path).status_code == 204
    problem(caller.delete(path), 404, "not_found")


def test_a_file_is_uploaded_and_signed_with_the_proposal(cast, caller):
    file = read(caller.send("POST", FILES, {"file": upload(pdf_bytes("Annex A"), "Annex.pdf")}), 201)
    body = read(caller.post(PATH, new(cast, paper={"file_id": file["id"]})), 201)
    assert body["attached"] == {name: file[name] for name in ("file_name", "size_bytes", "sha256")}
    version = read(caller.post(f"{PATH}/{body['id']}/proposal", {"revision": 1, "effective_on": "2035-01-01"}), 201)
    assert version["attached"]["sha256"] == file["sha256"]
    direct = read(caller.send("POST", FILES, {"file": upload(pdf_bytes("Annex B"), "Annex.pdf")}), 201)
    shares = [{"organization_id": str(party.id), "share": "1/2"} for party in (cast.host, cast.north)]
    given = {"effective_on": "2036-01-01", "shares": shares, "file_id": direct["id"]}
    answer = Caller(cast.host).post(f"/api/v1/agreements/{cast.agreement.id}/versions", given)
    assert read(answer, 201)["attached"]["sha256"] == direct["sha256"]


def test_only_a_sound_pdf_and_nobody_elses(cast, caller, settings):
    problem(caller.send("POST", FILES, {"file": upload(png_bytes(), "Annex.pdf")}), 422, "file_kind_refused")
    scripted = changed_pdf(opens_with("/JavaScript", JS="app.alert(1)"))
    problem(caller.send("POST", FILES, {"file": upload(scripted, "Annex.pdf")}), 422, "file_active")
    assert fields(problem(caller.send("POST", FILES, {}), 422, "invalid_input")) == {"file": "required"}
    problem(caller.post(FILES, {}), 415, "unsupported_media_type")
    settings.IMPORT_MAX_BYTES = 100
    problem(caller.send("POST", FILES, {"file": upload(pdf_bytes(), "Annex.pdf")}), 422, "file_too_large")
    settings.IMPORT_MAX_BYTES = 10**6
    north = Caller(cast.north, PROPOSE)
    foreign = read(north.send("POST", FILES, {"file": upload(pdf_bytes(), "Annex.pdf")}), 201)
    problem(caller.post(PATH, new(cast, paper={"file_id": foreign["id"]})), 404, "not_found")
    problem(MemberCaller(cast.host, Role.VIEWER).send("POST", FILES, {}), 403, "not_permitted")
    with organization_scope(cast.host.id):
        assert not AgreementFile.objects.exists()


def test_the_examples_are_what_is_shown_and_taken():
    assert set(examples.LISTED) == set(DraftShape().fields)
    assert set(examples.DETAIL) == set(DraftDetailShape().fields)
    for shape, example in (
        (DraftStartInput, examples.NEW),
        (DraftStartInput, examples.NEXT),
        (DraftChangeInput, examples.CHANGE),
        (DraftProposalInput, examples.PROPOSAL),
    ):
        shape(data=example).is_valid(raise_exception=True)
