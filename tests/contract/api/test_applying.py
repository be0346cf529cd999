"""A whole application through the API: begin, save each step, bring documents, hand in, change, take back."""

import hashlib
import json

import pytest

from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import organization_scope
from partners.models import ApplicationDocument, PartnerApplication
from partners.onboarding.api import applying_examples as examples
from partners.onboarding.api.applying_shapes import OwnApplicationShape, PublicPageShape
from tests.api import Caller, MemberCaller, fields, problem
from tests.applicants import BANK_NUMBER, begun, filled, page_of, row_of, submitted
from tests.cast import alliance_of, host_organization, join, member_of, partner_organization
from tests.documents import pdf_bytes, upload

OWN = "/api/v1/application"
SUBMIT = [Permission.APPLICATION_SUBMIT]


@pytest.fixture
def host(db):
    return host_organization()


@pytest.fixture
def page(host):
    return page_of(alliance_of(host))


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def bring(caller, path, kind="business_licence", body=None, **more):
    form = {"kind": kind, "file": upload(pdf_bytes() if body is None else body, "licence.pdf")}
    return caller.send("POST", f"{path}/documents", form, **more)


def save_all(caller, path):
    read(caller.put(f"{path}/company", examples.COMPANIES["A company in Germany"]))
    read(caller.put(f"{path}/audience", examples.AUDIENCE))
    read(caller.put(f"{path}/contacts", examples.CONTACTS))
    read(caller.put(f"{path}/bank-account", examples.BANKS["An IBAN"]))
    for kind in ("business_licence", "bank_proof"):
        read(bring(caller, path, kind), 201)


def test_an_organization_that_is_here_applies_with_its_key_and_a_person_hands_it_in(host, page):
    company = partner_organization(name="Fit Example")
    caller = Caller(company, SUBMIT)
    started = caller.post(OWN, {"page": page.slug})
    body = read(started, 201)
    path = f"{OWN}/{body['id']}"
    assert started["Location"].endswith(path)
    assert read(caller.post(OWN, {"page": page.slug}), 201)["id"] == body["id"]
    assert body["incomplete_steps"] == ["company", "audience", "contacts", "documents", "bank"]
    assert body["required_documents"] == ["business_licence", "bank_proof"]
    save_all(caller, path)
    kept = read(caller.get(path))
    assert (kept["status"], kept["incomplete_steps"], kept["company"]["registration_number"]) == (
        "draft",
        [],
        "HRB86891",
    )
    problem(caller.post(f"{path}/submit"), 403, "person_required")
    person = MemberCaller(company)
    for _ in range(2):
        assert read(person.post(f"{path}/submit"))["status"] == "submitted"
    [seen] = read(Caller(host, [Permission.APPLICATION_REVIEW]).get("/api/v1/applications"))["results"]
    assert (seen["id"], seen["name"]) == (body["id"], "Fit Example")


def test_a_company_that_still_applies_does_it_with_its_owners_session(page):
    applied = begun(page)
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    save_all(caller, path)
    assert read(caller.post(f"{path}/submit"))["status"] == "submitted"
    problem(caller.put(f"{path}/company", examples.COMPANIES["A company in Germany"]), 409, "application_elsewhere")
    problem(bring(caller, path), 409, "application_elsewhere")
    assert read(caller.post(f"{path}/withdraw"))["status"] == "withdrawn"
    problem(caller.post(f"{path}/submit"), 409, "application_decided")


def test_changes_that_were_asked_for_are_made_and_handed_in_again(host, page):
    applied = submitted(page)
    review = Caller(host, [Permission.APPLICATION_REVIEW])
    asked = {"decision": "request_changes", "remarks": {"contacts": "Whom may we call?"}}
    read(review.post(f"/api/v1/applications/{applied.id}/decisions", asked))
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    assert read(caller.get(path))["requested_changes"] == {"contacts": "Whom may we call?"}
    changed = read(caller.put(f"{path}/contacts", {**examples.CONTACTS, "phone": "+49 30 654321"}))
    assert changed["contacts"]["phone"] == "+49 30 654321"
    assert read(caller.post(f"{path}/submit"))["status"] == "submitted"


def test_what_is_missing_is_named_before_it_is_handed_in(page):
    applied = begun(page)
    answer = problem(MemberCaller(applied.party).post(f"{OWN}/{applied.id}/submit"), 422, "application_incomplete")
    assert fields(answer) == {"company": "application_incomplete"}
    assert "Documents" in answer["detail"]
    assert row_of(applied).status == "draft"


@pytest.mark.parametrize(
    ("step", "body", "code", "wrong"),
    [
        ("company", {}, "answer_invalid", {"name_zh", "country", "registration_number", "tax_id"}),
        (
            "company",
            {"name_en": "A", "country": "CN", "registration_number": "91110000600037341X"},
            "answer_invalid",
            {"registration_number"},
        ),
        ("company", {"name_en": "A", "tax_id": 7, "owner": "me"}, "invalid_input", {"owner"}),
        ("audience", {}, "invalid_input", {"industry", "size"}),
        ("audience", {**examples.AUDIENCE, "description": "Everybody"}, "answer_invalid", {"description"}),
        ("contacts", {"email": "nobody", "phone": "call me"}, "answer_invalid", {"name", "email", "phone"}),
        (
            "bank-account",
            {"kind": "iban", "number": "DE00", "bic": "X"},
            "answer_invalid",
            {"holder_name", "number", "bic"},
        ),
        ("bank-account", {"kind": "cash", "number": "1"}, "invalid_input", {"kind"}),
        ("bank-account", {"kind": "iban"}, "invalid_input", {"number"}),
    ],
)
def test_every_problem_of_a_step_is_named_and_nothing_is_saved(page, step, body, code, wrong):
    applied = begun(page)
    answer = problem(MemberCaller(applied.party).put(f"{OWN}/{applied.id}/{step}", body), 422, code)
    assert set(fields(answer)) == wrong
    assert row_of(applied).company.get("name_en", "") == ""


def test_documents_by_content_and_under_one_key_once(page):
    applied = begun(page)
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    first = bring(caller, path, key="once")
    again = bring(caller, path, key="once")
    body = read(first, 201)
    assert (read(again, 201), again["Idempotent-Replayed"]) == (body, "true")
    file = caller.get(f"{path}/documents/{body['id']}")
    assert (file["Content-Type"], file["Content-Disposition"]) == (
        "application/pdf",
        'attachment; filename="licence.pdf"',
    )
    assert hashlib.sha256(b"".join(file.streaming_content)).hexdigest() == body["sha256"]
    problem(bring(caller, path, body=b"<html>"), 422, "file_kind_refused")
    assert fields(problem(bring(caller, path, "horoscope"), 422, "invalid_input")) == {"kind": "invalid_choice"}
    assert fields(problem(caller.send("POST", f"{path}/documents", {"kind": "other"}), 422, "invalid_input")) == {
        "file": "required"
    }
    problem(caller.post(f"{path}/documents", {"kind": "other"}), 415, "unsupported_media_type")
    assert caller.delete(f"{path}/documents/{body['id']}").status_code == 204
    problem(caller.delete(f"{path}/documents/{body['id']}"), 404, "not_found")
    with organization_scope(applied.party.id):
        assert not ApplicationDocument.objects.exists()


def test_a_file_over_the_limit_is_refused(page, settings):
    settings.UPLOAD_MAX_BYTES, settings.IMPORT_MAX_BYTES = 100, 200
    applied = begun(page)
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    for size in (150, 300):
        answer = problem(bring(caller, path, body=pdf_bytes()[:size]), 422, "file_too_large")
        assert "large" in answer["detail"]


def test_no_answer_holds_the_account_number(page):
    applied = begun(page)
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    answer = caller.put(f"{path}/bank-account", {**examples.BANKS["An IBAN"], "number": BANK_NUMBER})
    assert read(answer)["bank"]["masked"] == "DE•••• 3000"
    assert BANK_NUMBER not in answer.content.decode() + caller.get(path).content.decode()


def test_an_organization_that_is_paid_changes_its_account_as_such(page):
    applied = filled(page)
    company = partner_organization(name="Paid")
    join(page.alliance, company)
    person = MemberCaller(company, second_factor=True)
    read(person.post("/api/v1/bank-accounts", examples.BANKS["An IBAN"]), 201)
    other = page_of(alliance_of(host_organization(name="Second host")))
    path = f"{OWN}/{read(person.post(OWN, {'page': other.slug}), 201)['id']}"
    assert read(person.get(path))["bank"]["masked"] == "DE•••• 3000"
    given = examples.BANKS["A Chinese company account"]
    problem(person.put(f"{path}/bank-account", given), 409, "bank_account_in_use")
    assert row_of(applied).status == "draft"


def test_a_page_says_what_to_bring(page):
    company = partner_organization()
    body = read(Caller(company, SUBMIT).get(f"/api/v1/application-pages/{page.slug}"))
    assert (body["page"], body["is_open"], body["required_documents"]) == (
        page.slug,
        True,
        ["business_licence", "bank_proof"],
    )
    problem(Caller(company, SUBMIT).get("/api/v1/application-pages/nowhere"), 404, "not_found")
    problem(Caller(company, SUBMIT).post(OWN, {"page": "nowhere"}), 404, "not_found")
    assert fields(problem(Caller(company, SUBMIT).post(OWN, {"page": "a b"}), 422, "invalid_input")) == {
        "page": "invalid"
    }


def test_who_may(host, page):
    applied = begun(page)
    path = f"{OWN}/{applied.id}"
    writes = [
        lambda c: c.put(f"{path}/company", examples.COMPANIES["A company in Germany"]),
        lambda c: c.put(f"{path}/audience", examples.AUDIENCE),
        lambda c: c.put(f"{path}/contacts", examples.CONTACTS),
        lambda c: c.put(f"{path}/bank-account", examples.BANKS["An IBAN"]),
        lambda c: bring(c, path),
        lambda c: c.post(f"{path}/submit"),
        lambda c: c.post(f"{path}/withdraw"),
    ]
    for stranger in (host, partner_organization()):
        for write in writes:
            problem(write(MemberCaller(stranger)), 404, "not_found")
        problem(MemberCaller(stranger).get(path), 404, "not_found")
    member_of(applied.party, Role.FINANCE)
    for write in writes:
        problem(write(MemberCaller(applied.party, Role.FINANCE)), 403, "not_permitted")
    problem(Caller(host, SUBMIT).post(OWN, {"page": page.slug}), 409, "partners_only")
    problem(Caller(host, SUBMIT).post(f"{path}/company"), 405, "method_not_allowed")
    assert row_of(applied).audience == {}


def test_the_newest_is_read_without_an_id(host, page):
    applied = filled(page)
    caller = Caller(applied.party, SUBMIT)
    body = read(caller.get(OWN))
    assert (body["id"], body["status"], body["submitted_at"]) == (str(applied.id), "draft", None)
    assert "similar_companies" not in body
    other = alliance_of(host_organization())
    problem(caller.get(OWN, {"alliance_id": str(other.id)}), 404, "not_found")
    assert read(caller.get(OWN, {"alliance_id": str(page.alliance.id)}))["id"] == str(applied.id)
    problem(Caller(partner_organization(), SUBMIT).get(OWN), 404, "not_found")
    problem(Caller(host, SUBMIT).get(OWN), 404, "not_found")
    problem(MemberCaller(host, Role.VIEWER).get(OWN), 403, "not_permitted")


def test_the_examples_are_taken_and_shown(page):
    assert set(examples.OWN) == set(OwnApplicationShape().fields)
    assert set(examples.PAGE) == set(PublicPageShape().fields)
    applied = begun(page)
    caller, path = MemberCaller(applied.party), f"{OWN}/{applied.id}"
    for company in examples.COMPANIES.values():
        assert read(caller.put(f"{path}/company", company))["company"]["address"] == company["address"]
    for account in examples.BANKS.values():
        assert read(caller.put(f"{path}/bank-account", account))["bank"]["kind"] == account["kind"]
    with organization_scope(applied.party.id):
        assert PartnerApplication.objects.get().country == "CN"
