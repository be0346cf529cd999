"""The life of agreements through the API: answers to proposals, signatures, notice and consent, files."""

import json
from datetime import timedelta

import pytest

from alliance.kernel.clock import utc_now
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.agreements.services.make_signed_copy import make_signed_copy
from partners.domain.supplement import Paper
from partners.models import AgreementFile
from tests.agreements import THIRTY_DAYS, attached_by, notice, offer_end, propose_next, sign_all
from tests.api import Caller, MemberCaller, fields, problem
from tests.cast import NOW, full_cast, proposed_agreement
from tests.documents import pdf_bytes

pytestmark = pytest.mark.django_db
SIGNER = {"signer_name": "Nora North", "signer_title": "Director"}


@pytest.fixture
def cast(db):
    return full_cast()


@pytest.fixture
def noticed(cast):
    """The cast's agreement under terms that thirty days' notice ends."""
    return sign_all(propose_next(cast.agreement, NOW.date() + timedelta(days=1), paper=THIRTY_DAYS))


def read(response, status=200):
    assert response.status_code == status, response.content
    return json.loads(response.content)


def at(agreement, *parts):
    return "/".join([f"/api/v1/agreements/{agreement.id}", *map(str, parts)])


def shares(*parties):
    return [{"organization_id": str(party.id), "share": f"1/{len(parties)}"} for party in parties]


def next_version(cast, **more):
    return {"effective_on": "2035-01-01", "shares": shares(cast.host, cast.north), **more}


# --- Versions --------------------------------------------------------------------------------------


def test_a_version_says_how_it_ends_and_what_its_text_is(cast):
    given = next_version(
        cast, until_on="2036-01-01", notice_days=30, at_end="renew", renewal_months=12, text_en="# Scope\n\nAll of it."
    )
    body = read(Caller(cast.host).post(at(cast.agreement, "versions"), given), 201)
    assert body["end_rule"] == {
        "notice_days": 30,
        "at_end": "renew",
        "renewal_months": 12,
        "fallback_number": None,
    }
    assert body["texts"] == {"en": "# Scope\n\nAll of it."}
    assert (body["signed_until"], body["effective_to"]) == ("2036-01-01T00:00:00Z", None)
    assert (body["attached"], body["signed_copy"], body["answers"]) == (None, None, None)
    [latest, first] = read(Caller(cast.north).get(at(cast.agreement, "versions")))["results"]
    assert (latest["number"], latest["status"], first["number"], first["status"]) == (2, "proposed", 1, "accepted")
    problem(Caller(cast.stranger).get(at(cast.agreement, "versions")), 404, "not_found")


@pytest.mark.parametrize(
    ("more", "code", "wrong"),
    [
        ({"notice_days": -1}, "invalid_input", {"notice_days": "min_value"}),
        ({"at_end": "explode"}, "invalid_input", {"at_end": "invalid_choice"}),
        ({"text_en": "x" * 100_001}, "invalid_input", {"text_en": "max_length"}),
        ({"answers": 0}, "invalid_input", {"answers": "min_value"}),
        ({"at_end": "renew"}, "impossible_end_rule", {"until_on": "impossible_end_rule"}),
        ({"renewal_months": 3}, "impossible_end_rule", {"renewal_months": "impossible_end_rule"}),
        (
            {"at_end": "fall_back", "fallback_number": 2, "until_on": "2036-01-01"},
            "impossible_end_rule",
            {"fallback_number": "impossible_end_rule"},
        ),
    ],
)
def test_an_impossible_end_is_named(cast, more, code, wrong):
    answer = problem(Caller(cast.host).post(at(cast.agreement, "versions"), next_version(cast, **more)), 422, code)
    assert fields(answer) == wrong


def test_an_agreement_too_is_proposed_with_its_end_and_text(cast):
    given = {
        "alliance_id": str(cast.alliance.id),
        "name": "Kits",
        "currency": "EUR",
        "time_zone": "UTC",
        **next_version(cast, notice_days=14, text_zh_hans="第一条"),
    }
    body = read(Caller(cast.host).post("/api/v1/agreements", given), 201)
    assert body["ends_at"] is None
    first = read(Caller(cast.host).get(f"/api/v1/agreements/{body['id']}/versions/1"))
    assert (first["end_rule"]["notice_days"], first["texts"]) == (14, {"zh-hans": "第一条"})


def test_a_counter_proposal_replaces_and_voids(cast):
    waiting = propose_next(cast.agreement, NOW.date() + timedelta(days=4000))
    host, north = MemberCaller(cast.host), MemberCaller(cast.north)
    signature = {"version_id": str(waiting.version_id), "document_sha256": waiting.document_sha256, **SIGNER}
    read(host.post(at(waiting, "acceptances"), signature), 201)
    body = read(north.post(at(waiting, "versions"), next_version(cast, answers=2)), 201)
    assert (body["number"], body["answers"], body["acceptances"]) == (3, 2, [])
    replaced = read(host.get(at(waiting, "versions", 2)))
    assert (replaced["status"], replaced["closed_by_id"]) == ("replaced", str(cast.north.id))
    problem(north.post(at(waiting, "acceptances"), signature), 409, "version_closed")
    problem(host.post(at(waiting, "versions"), next_version(cast, answers=2)), 409, "version_closed")
    problem(host.post(at(waiting, "versions"), next_version(cast, answers=9)), 404, "not_found")


def test_a_signature_shows_every_party_what_is_known_of_it(cast):
    waiting = proposed_agreement(cast.alliance, [(cast.host, "50%"), (cast.north, "50%")])
    north = MemberCaller(cast.north)
    given = {"version_id": str(waiting.version_id), "document_sha256": waiting.document_sha256, **SIGNER}
    firefox = "Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko/20100101 Firefox/140.0"
    read(north.post(at(waiting, "acceptances"), given, **{"User-Agent": firefox, "Accept-Language": "zh-hans"}), 201)
    [seen] = read(Caller(cast.host).get(at(waiting, "versions", 1)))["acceptances"]
    assert (seen["signer_name"], seen["signer_title"], seen["signer_role"]) == ("Nora North", "Director", "owner")
    assert (seen["browser"], seen["language"], seen["second_factor"]) == ("Firefox", "zh-hans", "")
    assert seen["ip_prefix"]
    assert seen["document_sha256"] == waiting.document_sha256


def test_people_sign_and_keys_do_not(cast, noticed):
    waiting = propose_next(noticed, NOW.date() + timedelta(days=4000))
    ending_id = offer_end(noticed, NOW.date() + timedelta(days=3000), by=cast.north)
    key = Caller(cast.host)
    stale = {"document_sha256": "0" * 64, **SIGNER}
    problem(
        key.post(at(waiting, "acceptances"), {"version_id": str(waiting.version_id), **stale}), 403, "person_required"
    )
    problem(key.post(at(waiting, "endings", ending_id, "signatures"), stale), 403, "person_required")
    problem(key.post(at(waiting, "endings", ending_id, "revocations"), stale), 403, "person_required")
    problem(key.post(at(waiting, "termination"), {"reason": "No.", **SIGNER}), 403, "person_required")
    problem(key.post(at(waiting, "endings"), {"last_on": "2034-01-31", **SIGNER}), 403, "person_required")
    ends_at = read(key.get(at(waiting, "notice")))["ends_at"]
    problem(key.post(at(waiting, "notice"), {"ends_at": ends_at, **SIGNER}), 403, "person_required")


def test_declining_and_withdrawing(cast):
    waiting = propose_next(cast.agreement, NOW.date() + timedelta(days=4000))
    host, north = Caller(cast.host), Caller(cast.north)
    problem(host.post(at(waiting, "versions", 2, "decline"), {"reason": "No."}), 409, "own_proposal")
    problem(north.post(at(waiting, "versions", 2, "withdraw")), 403, "not_permitted")
    assert fields(problem(north.post(at(waiting, "versions", 2, "decline")), 422, "invalid_input")) == {
        "reason": "required"
    }
    body = read(north.post(at(waiting, "versions", 2, "decline"), {"reason": "Too little."}))
    assert (body["status"], body["close_reason"], body["closed_by_id"]) == (
        "declined",
        "Too little.",
        str(cast.north.id),
    )
    propose_next(cast.agreement, NOW.date() + timedelta(days=4000))
    assert read(host.post(at(waiting, "versions", 3, "withdraw")))["status"] == "withdrawn"
    assert read(host.post(at(waiting, "versions", 3, "withdraw")))["status"] == "withdrawn"
    problem(Caller(cast.stranger).post(at(waiting, "versions", 3, "withdraw")), 404, "not_found")


# --- Files -----------------------------------------------------------------------------------------


def test_the_signed_copy_is_every_partys(cast):
    path = at(cast.agreement, "versions", 1, "copy")
    problem(Caller(cast.north).get(path), 404, "not_found")
    with organization_scope(cast.host.id):
        make_signed_copy(actor=cast.host.system, version_id=cast.agreement.version_id, now=NOW)
    named = read(Caller(cast.north).get(at(cast.agreement, "versions", 1)))["signed_copy"]
    response = Caller(cast.north).get(path, Accept="application/pdf")
    content = b"".join(response.streaming_content)
    assert (response.status_code, response["Content-Type"]) == (200, "application/pdf")
    assert content.startswith(b"%PDF-")
    assert response["ETag"] == f'"{named["sha256"]}"'
    assert len(content) == named["size_bytes"]
    problem(Caller(cast.south).get(path), 404, "not_found")


def test_an_attached_file_is_every_partys(cast):
    content = pdf_bytes("Annex")
    paper = Paper(file_id=attached_by(cast.host, content))
    waiting = propose_next(cast.agreement, NOW.date() + timedelta(days=4000), paper=paper)
    named = read(Caller(cast.north).get(at(waiting, "versions", 2)))["attached"]
    with organization_scope(cast.host.id):
        assert named["sha256"] == AgreementFile.objects.get().sha256
    response = Caller(cast.north).get(at(waiting, "versions", 2, "file"))
    assert b"".join(response.streaming_content) == content
    problem(Caller(cast.north).get(at(waiting, "versions", 1, "file")), 404, "not_found")
    problem(Caller(cast.stranger).get(at(waiting, "versions", 2, "file")), 404, "not_found")


# --- Endings ---------------------------------------------------------------------------------------


def test_notice_ends_the_agreement_at_the_end_that_was_shown(cast, noticed):
    north = MemberCaller(cast.north)
    shown = read(north.get(at(noticed, "notice")))
    assert (shown["version"], shown["notice_days"]) == (2, 30)
    assert shown["last_day"] == (utc_now().date() + timedelta(days=30)).isoformat()
    given = {"ends_at": shown["ends_at"], "reason": "We close.", **SIGNER}
    moved = {**given, "ends_at": "2034-01-01T00:00:00Z"}
    problem(north.post(at(noticed, "notice"), moved), 409, "end_moved")
    response = north.post(at(noticed, "notice"), given)
    body = read(response, 201)
    assert (body["kind"], body["status"], body["version"], body["reason"]) == ("notice", "standing", 2, "We close.")
    assert body["ends_at"] == shown["ends_at"]
    assert body["signatures"][0]["signer_title"] == "Director"
    assert read(Caller(cast.host).get(response["Location"])) == body
    assert read(Caller(cast.host).get(at(noticed)))["ends_at"] == shown["ends_at"]
    problem(MemberCaller(cast.host).post(at(noticed, "notice"), given), 409, "notice_stands")


def test_terms_without_notice_offer_none(cast):
    problem(Caller(cast.north).get(at(cast.agreement, "notice")), 409, "no_notice")
    problem(Caller(cast.stranger).get(at(cast.agreement, "notice")), 404, "not_found")


def test_ending_by_consent_takes_every_signature(cast):
    host, north = MemberCaller(cast.host), MemberCaller(cast.north, Role.MANAGER)
    body = read(north.post(at(cast.agreement, "endings"), {"last_on": "2034-12-31", **SIGNER}), 201)
    path = at(cast.agreement, "endings", body["id"])
    assert (body["kind"], body["status"], body["ends_at"]) == ("mutual", "proposed", "2035-01-01T00:00:00Z")
    problem(host.post(f"{path}/signatures", {"document_sha256": "0" * 64, **SIGNER}), 409, "ending_changed")
    signature = {"document_sha256": body["document_sha256"], **SIGNER}
    signed = read(host.post(f"{path}/signatures", signature), 201)
    assert (signed["status"], len(signed["signatures"])) == ("standing", 2)
    assert [e["id"] for e in read(Caller(cast.host).get(at(cast.agreement, "endings")))["results"]] == [body["id"]]
    asked = read(host.post(f"{path}/revocations", signature), 201)
    assert asked["status"] == "standing"
    assert read(north.post(f"{path}/revocations", signature), 201)["status"] == "revoked"
    assert read(host.get(at(cast.agreement)))["ends_at"] is None


def test_a_proposal_to_end_is_declined_or_withdrawn(cast):
    ending_id = offer_end(cast.agreement, NOW.date() + timedelta(days=3000), by=cast.north)
    path = at(cast.agreement, "endings", ending_id)
    problem(Caller(cast.host).post(f"{path}/withdraw"), 403, "not_permitted")
    problem(Caller(cast.north).post(f"{path}/decline", {"reason": "No."}), 409, "own_proposal")
    assert read(Caller(cast.host).post(f"{path}/decline", {"reason": "We go on."}))["settle_reason"] == "We go on."
    other = offer_end(cast.agreement, NOW.date() + timedelta(days=3000), by=cast.north)
    withdrawn = read(Caller(cast.north).post(at(cast.agreement, "endings", other, "withdraw")))
    assert withdrawn["status"] == "withdrawn"
    problem(Caller(cast.stranger).get(path), 404, "not_found")
    elsewhere = proposed_agreement(cast.alliance, [(cast.host, "50%"), (cast.north, "50%")])
    problem(Caller(cast.host).get(at(elsewhere, "endings", ending_id)), 404, "not_found")


def test_an_end_for_cause_is_at_once(cast, noticed):
    notice(noticed, by=cast.host, now=utc_now())
    given = {"reason": "Nothing was paid.", **SIGNER}
    body = read(MemberCaller(cast.north).post(at(noticed, "termination"), given), 201)
    assert (body["kind"], body["status"]) == ("cause", "standing")
    seen = read(Caller(cast.host).get(at(noticed)))
    assert (seen["status"], seen["ends_at"]) == ("ended", body["ends_at"])
    assert fields(problem(MemberCaller(cast.north).post(at(noticed, "termination"), SIGNER), 422, "invalid_input")) == {
        "reason": "required"
    }
