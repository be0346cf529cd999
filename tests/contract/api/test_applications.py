"""Applications through the API for the host: it lists, reads, looks, ticks, notes and decides."""

import hashlib
import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import AllianceMembership, ApplicationDocument
from partners.onboarding.api import examples as api_examples
from partners.onboarding.api.shapes import (
    ApplicationDetailShape,
    ApplicationShape,
    DecisionInput,
    NoteShape,
    ReviewShape,
    TickInput,
)
from tests.api import Caller, MemberCaller, fields, problem
from tests.applicants import BANK_NUMBER, filled, page_of, row_of, submitted
from tests.cast import NOW, alliance_of, host_organization, partner_organization
from tests.databases import forget_likeness

PATH = "/api/v1/applications"
REVIEW = [Permission.APPLICATION_REVIEW]


@pytest.fixture(scope="module", autouse=True)
def _nobody_else(django_db_setup):
    """Only these tests' own companies resemble each other, whatever ran before in this process."""
    forget_likeness()


@pytest.fixture
def host(db):
    return host_organization()


@pytest.fixture
def page(host):
    return page_of(alliance_of(host))


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def _decide(caller, applied, **body):
    return caller.post(f"{PATH}/{applied.id}/decisions", body)


def test_the_host_lists_what_was_submitted_and_filters(host, page):
    filled(page, name="Only a draft")
    first = submitted(page)
    second = submitted(page, name="Second", company={"tax_id": "DE129273398"})
    caller = Caller(host, REVIEW)
    _decide(caller, second, decision="take_up")

    def ids(**query) -> list[str]:
        return [row["id"] for row in read(caller.get(PATH, query))["results"]]

    assert ids() == [str(second.id), str(first.id)]
    assert ids(status="in_review") == [str(second.id)]
    assert ids(alliance_id=str(page.alliance.id), status="submitted") == [str(first.id)]
    body = problem(caller.get(PATH, {"status": "draft", "sort": "x"}), 422, "invalid_input")
    assert set(fields(body)) <= {"status", "sort"}
    assert read(caller.get(PATH, {"page_size": 1}))["next"]


def test_one_application_shows_what_helps_to_decide_and_no_account_number(host, page):
    submitted(page, name="The same")
    applied = submitted(page)
    response = Caller(host, REVIEW).get(f"{PATH}/{applied.id}")
    body = read(response)
    assert (body["status"], body["company"]["tax_id"], body["bank"]["masked"]) == (
        "submitted",
        "DE136695976",
        "DE•••• 3000",
    )
    assert body["similar_companies"] == {"bank_account": 1, "tax_id": 1, "web_domain": 1}
    assert {document["kind"] for document in body["documents"]} == {"business_licence", "bank_proof"}
    assert body["applicant_email"] == applied.party.owner.email
    assert BANK_NUMBER not in response.content.decode()
    assert "stored_as" not in response.content.decode()


def test_the_host_decides(host, page):
    caller, applied = Caller(host, REVIEW), submitted(page)
    assert read(_decide(caller, applied, decision="take_up"))["status"] == "in_review"
    asked = read(_decide(caller, applied, decision="request_changes", remarks={"company": "The address", "bank": ""}))
    assert asked["requested_changes"] == {"company": "The address"}
    problem(_decide(caller, applied, decision="approve"), 409, "application_elsewhere")
    other = submitted(page, name="Other")
    for _ in range(2):
        assert read(_decide(caller, other, decision="approve", partner_code="OTH"))["status"] == "approved"
    with organization_scope(host.id):
        assert AllianceMembership.objects.get(organization_id=other.party.id).partner_code == "OTH"


def test_a_second_rejection_is_refused(host, page):
    """Case H3 through the API."""
    caller, applied = Caller(host, REVIEW), submitted(page)
    body = read(_decide(caller, applied, decision="reject", reason="No", reapply_on="2026-06-01"))
    assert (body["status"], body["reason"], body["reapply_on"]) == ("rejected", "No", "2026-06-01")
    problem(_decide(caller, applied, decision="reject", reason="No"), 409, "application_decided")
    problem(_decide(caller, applied, decision="approve"), 409, "application_decided")
    assert row_of(applied).reason == "No"


@pytest.mark.parametrize(
    ("body", "code", "field"),
    [
        ({}, "invalid_input", "decision"),
        ({"decision": "perhaps"}, "invalid_input", "decision"),
        ({"decision": "reject"}, "rejection_reason_missing", "reason"),
        ({"decision": "reject", "reason": "x", "reapply_on": "soon"}, "invalid_input", "reapply_on"),
        ({"decision": "request_changes"}, "nothing_requested", None),
        ({"decision": "request_changes", "remarks": {"horoscope": "x"}}, "invalid_input", "remarks.horoscope"),
        ({"decision": "approve", "partner_code": "x" * 81}, "invalid_input", "partner_code"),
        ({"decision": "approve", "status": "approved"}, "invalid_input", "status"),
    ],
)
def test_bad_input(host, page, body, code, field):
    applied = submitted(page)
    answer = problem(_decide(Caller(host, REVIEW), applied, **body), 422, code)
    if field:
        assert field in fields(answer)
    assert row_of(applied).status == "submitted"


def test_who_may(host, page):
    applied = submitted(page)
    path = f"{PATH}/{applied.id}"
    problem(Caller(host, [Permission.ALLIANCE_MANAGE]).get(PATH), 403, "not_permitted")
    for stranger in (partner_organization(), host_organization(name="Other host")):
        assert read(Caller(stranger, REVIEW).get(PATH))["results"] == []
        problem(Caller(stranger, REVIEW).get(path), 404, "not_found")
        problem(Caller(stranger, REVIEW).post(f"{path}/decisions", {"decision": "approve"}), 404, "not_found")
    assert read(MemberCaller(host, Role.MANAGER).get(path))["id"] == str(applied.id)
    problem(MemberCaller(host, Role.FINANCE).get(path), 403, "not_permitted")
    problem(Caller(host, REVIEW).put(path), 405, "method_not_allowed")
    draft = filled(page, name="Draft")
    problem(Caller(host, REVIEW).get(f"{PATH}/{draft.id}"), 404, "not_found")
    problem(_decide(Caller(host, REVIEW), draft, decision="approve"), 404, "not_found")


def test_the_same_request_under_one_key_acts_once(host, page):
    applied, caller = submitted(page), Caller(host, REVIEW)
    path = f"{PATH}/{applied.id}/decisions"
    first = caller.post(path, {"decision": "reject", "reason": "No"}, key="once")
    again = caller.post(path, {"decision": "reject", "reason": "No"}, key="once")
    assert (first.status_code, again.status_code, again["Idempotent-Replayed"]) == (200, 200, "true")


def test_the_host_looks_at_documents_ticks_and_notes(host, page):
    caller, applied = Caller(host, REVIEW), submitted(page)
    path = f"{PATH}/{applied.id}"
    document = read(caller.get(path))["documents"][0]
    file = caller.get(f"{path}/documents/{document['id']}")
    assert (file.status_code, file["Content-Type"]) == (200, "application/pdf")
    assert hashlib.sha256(b"".join(file.streaming_content)).hexdigest() == document["sha256"]
    for _ in range(2):
        ticked = read(caller.post(f"{path}/ticks", {"item": "company_exists"}))
        assert [(tick["item"], tick["ticked_by"]) for tick in ticked["ticks"]] == [("company_exists", "test key")]
    assert read(caller.post(f"{path}/ticks", {"item": "company_exists", "is_ticked": False}))["ticks"] == []
    note = read(caller.post(f"{path}/notes", {"text": "Known under its former name."}), 201)
    assert read(caller.get(f"{path}/notes"))["results"] == [note]
    assert fields(problem(caller.post(f"{path}/ticks", {"item": "horoscope"}), 422, "invalid_input")) == {
        "item": "invalid_choice"
    }
    assert fields(problem(caller.post(f"{path}/notes", {"text": " "}), 422, "invalid_input")) == {"text": "blank"}


def test_nobody_else_looks_ticks_or_notes(host, page):
    applied = submitted(page)
    path = f"{PATH}/{applied.id}"
    document = read(Caller(host, REVIEW).get(path))["documents"][0]["id"]
    for other in (host_organization(name="Other host"), applied.party):
        caller = Caller(other, REVIEW)
        if other is applied.party:
            problem(caller.get(f"{path}/documents/{document}"), 403, "not_permitted")
            continue
        problem(caller.get(f"{path}/documents/{document}"), 404, "not_found")
        problem(caller.post(f"{path}/ticks", {"item": "company_exists"}), 404, "not_found")
        problem(caller.get(f"{path}/notes"), 404, "not_found")
        problem(caller.post(f"{path}/notes", {"text": "x"}), 404, "not_found")
    again = filled(page, name="Other")
    with organization_scope(again.party.id):
        unseen = ApplicationDocument.objects.filter(application_id=again.id).first()
    problem(Caller(host, REVIEW).get(f"{PATH}/{again.id}/documents/{unseen.pk}"), 404, "not_found")
    problem(Caller(host, REVIEW).get(f"{path}/documents/{unseen.pk}"), 404, "not_found")


def test_the_examples_are_what_is_shown_and_taken(host, page):
    assert set(api_examples.LISTED) == set(ApplicationShape().fields)
    assert set(api_examples.DETAIL) == set(ApplicationDetailShape().fields)
    assert set(api_examples.REVIEW) == set(ReviewShape().fields)
    for example in api_examples.DECISIONS.values():
        DecisionInput(data=example).is_valid(raise_exception=True)
    assert set(api_examples.NOTE) == set(NoteShape().fields)
    TickInput(data=api_examples.TICK).is_valid(raise_exception=True)
    shown = read(Caller(host, REVIEW).get(f"{PATH}/{submitted(page, now=NOW).id}"))
    assert {
        name: set(value)
        for name, value in shown.items()
        if isinstance(value, dict) and name in ("company", "audience", "contacts", "bank")
    } == {name: set(api_examples.REVIEW[name]) for name in ("company", "audience", "contacts", "bank")}
    assert set(shown["documents"][0]) == set(api_examples.REVIEW["documents"][0])
