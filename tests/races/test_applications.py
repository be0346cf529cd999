"""Reviewers and applicants that act at the same moment, on connections of their own."""

from threading import Barrier

import pytest

from alliance.kernel.models import AuditEvent
from alliance.kernel.tenancy import organization_scope
from partners.models import AllianceMembership, ApplicationDocument, PartnerApplication
from partners.onboarding.services import upload_document as uploading
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.move_application import ApplicationDecidedError
from partners.onboarding.services.reject_application import reject_application
from partners.onboarding.services.start_application import start_application
from partners.onboarding.services.upload_document import TooManyDocumentsError
from partners.onboarding.services.withdraw_application import withdraw_application
from tests.applicants import Applied, Page, add_document, begun, page_of, row_of, submitted
from tests.cast import NOW, Party, alliance_of, host_organization
from tests.races.together import together


@pytest.fixture
def host(committed) -> Party:
    return host_organization()


@pytest.fixture
def page(host: Party) -> Page:
    return page_of(alliance_of(host))


def _as_host(host: Party, service, applied: Applied, **arguments):
    def act() -> str:
        with organization_scope(host.id):
            service(actor=host.actor(), application_id=applied.id, now=NOW, **arguments)
        return service.__name__

    return act


def test_two_reviewers_decide_otherwise_at_once_and_one_decision_stands(host, page):
    for number in range(3):
        applied = submitted(page, name=f"Company {number}")
        approve = _as_host(host, approve_application, applied)
        reject = _as_host(host, reject_application, applied, reason="No")
        results = together(approve, reject)
        assert [type(result) for result in results].count(ApplicationDecidedError) == 1
        decided = "approved" if "approve_application" in results else "rejected"
        assert row_of(applied).status == decided
        with organization_scope(host.id):
            joined = AllianceMembership.objects.filter(organization_id=applied.party.id).count()
            assert joined == (1 if decided == "approved" else 0)


def test_two_reviewers_approve_at_once_and_it_happens_once(host, page):
    applied = submitted(page)
    approve = _as_host(host, approve_application, applied, partner_code="FIT")
    assert together(approve, approve) == ["approve_application", "approve_application"]
    with organization_scope(host.id):
        assert AllianceMembership.objects.filter(organization_id=applied.party.id).count() == 1
        assert AuditEvent.objects.filter(action="application.approved").count() == 1


def test_the_applicant_withdraws_while_the_host_approves_and_one_of_them_does(host, page):
    applied = submitted(page)

    def withdraw() -> str:
        with organization_scope(applied.party.id):
            withdraw_application(actor=applied.actor, application_id=applied.id, now=NOW)
        return "withdrawn"

    results = together(withdraw, _as_host(host, approve_application, applied))
    assert [type(result) for result in results].count(ApplicationDecidedError) == 1
    assert row_of(applied).status == ("withdrawn" if "withdrawn" in results else "approved")


def test_beginning_twice_at_once_gives_one_draft(page):
    first = begun(page)
    with organization_scope(first.party.id):
        withdraw_application(actor=first.actor, application_id=first.id, now=NOW)

    def start():
        with organization_scope(first.party.id):
            return start_application(actor=first.actor, slug=page.slug, now=NOW)

    assert len(set(together(start, start))) == 1
    with organization_scope(first.party.id):
        assert PartnerApplication.objects.filter(status="draft").count() == 1


def test_two_uploads_at_once_do_not_pass_the_limit(page, monkeypatch):
    monkeypatch.setattr(uploading, "MOST_DOCUMENTS", 1)
    applied = begun(page)

    def upload():
        with organization_scope(applied.party.id):
            return add_document(applied)

    results = together(upload, upload)
    assert [type(result) for result in results].count(TooManyDocumentsError) == 1
    with organization_scope(applied.party.id):
        assert ApplicationDocument.objects.count() == 1


def test_without_the_lock_both_uploads_would_find_room(page):
    """The control: who only counts before writing, without the application's lock, passes the limit."""
    applied = begun(page)
    row, counted = row_of(applied), Barrier(2)

    def unguarded(number: int):
        def act() -> int:
            with organization_scope(applied.party.id):
                found = ApplicationDocument.objects.filter(application=row).count()
                counted.wait(timeout=10)  # neither writes before both have counted
                ApplicationDocument.objects.create(
                    application=row,
                    organization_id=row.organization_id,
                    host_id=row.host_id,
                    kind="other",
                    file_name="a.pdf",
                    file_kind="pdf",
                    size_bytes=1,
                    sha256="0" * 64,
                    stored_as=f"private/{row.organization_id}/{number}",
                )
                return found

        return act

    assert together(unguarded(1), unguarded(2)) == [0, 0]
    with organization_scope(applied.party.id):
        assert ApplicationDocument.objects.count() == 2
