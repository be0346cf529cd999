"""What is signed beside the terms of a draft, and drafts that answer a proposal."""

from datetime import date, timedelta

import pytest
from django.db import IntegrityError
from django.urls import reverse

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import organization_scope
from partners.agreements.services.attach_file import attach_file
from partners.agreements.services.forget_loose_files import KEPT, forget_loose_files
from partners.domain.end_rule import AtEnd, EndRule
from partners.domain.supplement import Paper
from partners.drafts.services.change_draft import DraftChange, change_draft
from partners.models import AgreementDraft, AgreementFile, TermsStatus, TermsVersion
from tests.agreements import propose_next
from tests.cast import NOW, Cast, full_cast, signed_in
from tests.contract.partners.drafts.drafting import draft_of, plain, stored
from tests.documents import changed_pdf, opens_with, pdf_bytes, upload


@pytest.fixture
def cast(db) -> Cast:
    return full_cast()


@pytest.fixture
def client(cast):
    return signed_in(cast.host.owner)


def address(draft_id, name="draft_paper"):
    return reverse(f"portal:{name}", args=[draft_id])


def text(response, status=200):
    assert response.status_code == status, response.content.decode()[-2000:]
    return " ".join(response.content.decode().split())


def data(**changes):
    given = {
        "name": "Courses with kits",
        "notice_days": "30",
        "at_end": "renew",
        "renewal_months": "12",
        "text_en": "# Scope\n\nCourses and kits.",
        "text_zh_hans": "# 范围",
        "revision": "1",
    }
    return given | changes


def file_of(cast, party):
    with organization_scope(party.id):
        return attach_file(actor=party.actor(), content=upload(pdf_bytes("Annex")), name="Annex.pdf", now=NOW)


def test_everything_is_kept_shown_and_proposed(cast, client):
    draft_id = draft_of(cast)
    given = data(file=upload(pdf_bytes("Annex"), "Annex.pdf"))
    overview = text(client.post(address(draft_id), given, follow=True))
    assert "Each party may end the agreement by 30 days&#x27; notice to the end of a term." in overview
    assert "it is renewed by 12 months" in overview
    assert "There is a legal text in these languages: English and 简体中文." in overview
    assert "The file “Annex.pdf” is attached." in overview
    again = text(client.get(address(draft_id)))
    assert "Courses and kits." in again
    proposal = {"effective_on": "2026-05-01", "until_on": "2027-05-01", "revision": "2"}
    assert "The agreement is proposed" in text(client.post(address(draft_id, "draft_propose"), proposal, follow=True))
    with organization_scope(cast.north.id):
        version = TermsVersion.objects.get(agreement__name="Courses with kits")
        assert version.end_rule == EndRule(30, AtEnd.RENEW, renewal_months=12)
        assert version.document["texts"] == {"en": "# Scope\n\nCourses and kits.", "zh-hans": "# 范围"}
        assert version.attached.file_name == "Annex.pdf"


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"notice_days": "731"}, "less than or equal to 730"),
        ({"renewal_months": "0"}, "greater than or equal to 1"),
        ({"at_end": "fall_back"}, "Select a valid choice"),
        ({"name": " "}, "This field is required."),
        ({"text_en": "x" * 100_001}, "at most 100000 characters"),
        ({"revision": "9"}, "in the meantime"),
    ],
)
def test_bad_input_is_named_and_nothing_typed_is_lost(cast, client, changes, sentence):
    draft_id = draft_of(cast)
    page = text(client.post(address(draft_id), data(text_zh_hans="# 独一无二", **changes)), 422)
    assert sentence in page
    assert "独一无二" in page
    assert stored(cast.host, draft_id).revision == 1


def test_a_file_of_another_kind_is_refused(cast, client):
    draft_id = draft_of(cast)
    page = text(client.post(address(draft_id), data(file=upload(b"plain text", "Annex.pdf"))), 422)
    assert "PDF" in page
    assert stored(cast.host, draft_id).file_id is None


def test_a_pdf_that_runs_something_is_refused_beside_its_input(cast, client):
    draft_id = draft_of(cast)
    scripted = upload(changed_pdf(opens_with("/JavaScript", JS="app.alert(1)")), "Annex.pdf")
    page = text(client.post(address(draft_id), data(file=scripted)), 422)
    assert "This PDF runs scripts, opens or carries other files, or is locked with a password." in page
    assert stored(cast.host, draft_id).file_id is None


def test_a_file_is_kept_replaced_or_left_out(cast, client):
    draft_id = draft_of(cast, paper=Paper(file_id=file_of(cast, cast.host)))
    first = stored(cast.host, draft_id).file_id
    client.post(address(draft_id), data(keeps_file="on"))
    assert stored(cast.host, draft_id).file_id == first
    client.post(address(draft_id), data(keeps_file="on", file=upload(pdf_bytes("Other"), "Other.pdf"), revision="2"))
    assert stored(cast.host, draft_id).file_id not in {first, None}
    client.post(address(draft_id), data(revision="3"))
    assert stored(cast.host, draft_id).file_id is None


def test_an_impossible_rule_shows_when_it_is_proposed(cast, client):
    draft_id = draft_of(cast, paper=Paper(EndRule(at_end=AtEnd.RENEW, renewal_months=12)))
    proposal = {"effective_on": "2026-05-01", "revision": "1"}
    page = text(client.post(address(draft_id, "draft_propose"), proposal), 422)
    assert "Give the end at which this happens." in page
    assert stored(cast.host, draft_id).revision == 1


def test_a_draft_names_no_file_of_others(cast):
    theirs = file_of(cast, cast.north)
    draft_id = draft_of(cast)
    change = DraftChange(paper=Paper(file_id=theirs))
    with organization_scope(cast.host.id), pytest.raises(NotFoundError):
        change_draft(actor=cast.host.actor(), draft_id=draft_id, revision=1, change=change, now=NOW)
    with pytest.raises(IntegrityError, match="the file is not"), organization_scope(cast.host.id):
        AgreementDraft.objects.filter(pk=draft_id).update(file_id=theirs)


def test_a_file_that_a_draft_names_is_not_forgotten(committed):
    cast = full_cast()
    named, loose = file_of(cast, cast.host), file_of(cast, cast.host)
    draft_of(cast, paper=Paper(file_id=named))
    forget_loose_files(now=NOW + KEPT + timedelta(days=1))
    with organization_scope(cast.host.id):
        assert list(AgreementFile.objects.filter(pk__in=[named, loose]).values_list("pk", flat=True)) == [named]


def test_the_next_version_begins_with_what_was_signed_beside_the_terms(cast):
    paper = Paper(EndRule(notice_days=14), {"en": "As ever."}, file_of(cast, cast.host))
    open_one = propose_next(cast.agreement, date(2026, 5, 1), paper=paper)
    client = signed_in(cast.north.owner)
    amend = reverse("portal:draft_amend", args=[cast.agreement.id])
    assert client.post(amend, {"answers": str(open_one.version_id)}).status_code == 302
    with organization_scope(cast.north.id):
        draft = AgreementDraft.objects.get()
    assert (draft.paper.end_rule, draft.paper.texts) == (EndRule(notice_days=14), {"en": "As ever."})
    assert draft.file_id == paper.file_id
    assert draft.answers_id == open_one.version_id


def answered(cast, client):
    """North begins an answer to the host's open proposal."""
    open_one = propose_next(cast.agreement, date(2026, 5, 1))
    amend = reverse("portal:draft_amend", args=[cast.agreement.id])
    page = text(client.post(amend, {"answers": str(open_one.version_id)}, follow=True))
    assert "It answers version 2" in page
    with organization_scope(cast.north.id):
        return open_one, AgreementDraft.objects.get()


def version_of(cast, number):
    with organization_scope(cast.north.id):
        return TermsVersion.objects.get(agreement_id=cast.agreement.id, number=number)


def test_an_answer_takes_the_place_of_the_proposal(cast):
    client = signed_in(cast.north.owner)
    _open, draft = answered(cast, client)
    proposal = {"effective_on": "2026-06-01", "revision": "1"}
    assert client.post(address(draft.pk, "draft_propose"), proposal).status_code == 302
    assert version_of(cast, 2).status == TermsStatus.REPLACED
    assert version_of(cast, 3).answers_id == version_of(cast, 2).pk


def test_an_answer_to_what_is_closed_is_a_proposal_of_its_own(cast):
    client = signed_in(cast.north.owner)
    open_one, draft = answered(cast, client)
    withdraw = reverse("portal:version_withdraw", args=[cast.agreement.id, open_one.version_id])
    assert signed_in(cast.host.owner).post(withdraw).status_code == 302
    proposal = {"effective_on": "2026-06-01", "revision": "1"}
    assert client.post(address(draft.pk, "draft_propose"), proposal).status_code == 302
    assert (version_of(cast, 3).status, version_of(cast, 3).answers_id) == (TermsStatus.PROPOSED, None)


def test_only_a_proposal_of_this_agreement_is_answered(cast):
    amend = reverse("portal:draft_amend", args=[cast.agreement.id])
    for wrong in ("no-id", str(cast.host.id)):
        assert signed_in(cast.north.owner).post(amend, {"answers": wrong}).status_code == 404
    with pytest.raises(NotFoundError):
        draft_of(cast, plain(cast.host, cast.north), answers_id=cast.agreement.version_id)


def test_the_signing_page_shows_what_changes(cast):
    second = propose_next(cast.agreement, date(2026, 5, 1))
    sign = reverse("portal:version_accept", args=[cast.agreement.id, second.version_id])
    page = text(signed_in(cast.north.owner).get(sign))
    assert "What changes" in page
    assert '</span>60%<span class="visually-hidden">]</span></del>' in page
    assert "What changes" in text(
        signed_in(cast.north.owner).get(reverse("portal:agreement", args=[cast.agreement.id]))
    )
    version = reverse("portal:agreement_version", args=[cast.agreement.id, second.version_id])
    assert "Answer with other terms" in text(signed_in(cast.north.owner).get(version))
    assert "Answer with other terms" not in text(signed_in(cast.north.viewer).get(version))


def test_only_its_organization_opens_it(cast):
    draft_id = draft_of(cast)
    assert signed_in(cast.north.owner).get(address(draft_id)).status_code == 404
    assert signed_in(cast.host.viewer).get(address(draft_id)).status_code == 403
    assert signed_in(cast.host.owner).delete(address(draft_id)).status_code == 405
