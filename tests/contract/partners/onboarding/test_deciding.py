"""The host decides: takes up, asks for changes, approves, rejects; each move audited and mailed, repeating harmless."""

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import translation

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.models import AllianceMembership, Organization, OrganizationStatusChange, User
from partners.onboarding.domain.steps import Step
from partners.onboarding.services.approve_application import approve_application
from partners.onboarding.services.move_application import ApplicationDecidedError, ApplicationElsewhereError
from partners.onboarding.services.reject_application import RejectionReasonMissingError, reject_application
from partners.onboarding.services.request_changes import NothingRequestedError, request_changes
from partners.onboarding.services.start_application import ReapplyLaterError, start_application
from partners.onboarding.services.take_up_application import take_up_application
from tests.applicants import Applied, Page, row_of, submit, submitted
from tests.cast import NOW, signed_in
from tests.contract.partners.onboarding.conftest import SmallCast
from tests.outbox import deliver_all


@pytest.fixture
def applied(page: Page) -> Applied:
    return submitted(page)


def _post(cast: SmallCast, name: str, applied: Applied, data: dict[str, str] | None = None, by=None):
    client = signed_in(by or cast.host.owner, organization=cast.host)
    return client.post(reverse(f"portal:{name}", args=[applied.id]), data or {})


def _as_host(cast: SmallCast, service, applied: Applied, **arguments):
    with organization_scope(cast.host.id):
        return service(actor=cast.host.actor(), application_id=applied.id, now=NOW, **arguments)


def _actions(organization_id, prefix="application.") -> list[str]:
    with organization_scope(organization_id):
        rows = AuditEvent.objects.filter(action__startswith=prefix).order_by("pk")
        return list(rows.values_list("action", flat=True))


def test_approval_makes_the_company_a_member(cast, applied, mailoutbox):
    User.objects.filter(pk=applied.party.owner.pk).update(language="zh-hans")
    assert _post(cast, "application_approve", applied, {"partner_code": "FIT"}).status_code == 302
    deliver_all()
    with organization_scope(cast.host.id):
        membership = AllianceMembership.objects.get(organization_id=applied.party.id)
        assert membership.partner_code == "FIT"
    with organization_scope(applied.party.id):
        assert Organization.objects.get(pk=applied.party.id).status == OrganizationStatus.ACTIVE
        [change] = OrganizationStatusChange.objects.all()
        assert (change.before, change.after, change.changed_by) == ("applying", "active", "Lectern")
    assert row_of(applied).status == "approved"
    [mail] = [mail for mail in mailoutbox if mail.to == [applied.party.owner.email] and "/alliances/" not in mail.body][
        -1:
    ]
    with translation.override("zh-hans"):
        assert mail.subject == translation.gettext("Welcome to %(alliance)s") % {"alliance": "The alliance"}
    page = signed_in(applied.party.owner, organization=applied.party).get(reverse("portal:alliances"))
    assert "The alliance" in page.content.decode()
    assert _actions(cast.host.id) == ["application.approved"]
    assert "application.submitted" in _actions(applied.party.id)
    assert "application.approved" not in _actions(applied.party.id)


def test_approving_again_changes_nothing(cast, applied):
    for code in ("FIT", "OTHER"):
        assert _post(cast, "application_approve", applied, {"partner_code": code}).status_code == 302
    with organization_scope(cast.host.id):
        assert AllianceMembership.objects.get(organization_id=applied.party.id).partner_code == "FIT"
    assert _actions(cast.host.id) == ["application.approved"]


def test_a_code_that_is_taken_is_refused_and_undoes_everything(cast, applied):
    response = _post(cast, "application_approve", applied, {"partner_code": "north"})
    assert response.status_code == 422
    assert "Another partner of this alliance has this code" in response.content.decode()
    assert row_of(applied).status == "submitted"
    with organization_scope(applied.party.id):
        assert Organization.objects.get(pk=applied.party.id).status == OrganizationStatus.APPLYING


def test_reject_then_apply_again_and_be_approved(cast, page, applied, mailoutbox):
    """Case H3: the second rejection is refused; after applying again, approval approves."""
    data = {"reason": "Too few people", "reapply_on": "2026-04-01"}
    assert _post(cast, "application_reject", applied, data).status_code == 302
    again = _post(cast, "application_reject", applied, data | {"reason": "Another reason"})
    assert 400 <= again.status_code < 500
    assert "decided or withdrawn already" in again.content.decode()
    assert (row_of(applied).status, row_of(applied).reason) == ("rejected", "Too few people")
    deliver_all()
    [mail] = [mail for mail in mailoutbox if "was not accepted" in mail.subject]
    assert "Too few people" in mail.body
    assert "2026-04-01" in mail.body

    with organization_scope(applied.party.id):
        with pytest.raises(ReapplyLaterError, match=r"April 1, 2026"):
            start_application(actor=applied.actor, slug=page.slug, now=NOW)
        day = NOW.replace(month=4, day=1)
        second = start_application(actor=applied.actor, slug=page.slug, now=day)
    assert second != applied.id
    later = Applied(applied.party, second)
    assert row_of(later).company == row_of(applied).company
    submit(later, now=day)
    assert _post(cast, "application_approve", later).status_code == 302
    assert row_of(later).status == "approved"


def test_nobody_decides_twice(cast, applied):
    _as_host(cast, reject_application, applied, reason="No")
    with pytest.raises(ApplicationDecidedError):
        _as_host(cast, approve_application, applied)
    with pytest.raises(ApplicationDecidedError):
        _as_host(cast, take_up_application, applied)
    with pytest.raises(ApplicationDecidedError):
        _as_host(cast, request_changes, applied, remarks={Step.COMPANY: "x"})


def test_a_rejection_has_a_reason(cast, applied):
    assert _post(cast, "application_reject", applied, {"reason": " "}).status_code == 422
    with pytest.raises(RejectionReasonMissingError):
        _as_host(cast, reject_application, applied, reason="\n")
    assert row_of(applied).status == "submitted"


def test_the_day_to_apply_again_is_the_pages_own_unless_said_otherwise(cast, applied):
    form = signed_in(cast.host.owner).get(reverse("portal:application_reject", args=[applied.id]))
    assert form.context["form"].initial["reapply_on"] == date.today() + timedelta(days=90)  # noqa: DTZ011


def test_changes_are_asked_for_step_by_step_and_the_applicant_submits_again(cast, applied, mailoutbox):
    owner = signed_in(applied.party.owner)
    company = reverse("portal:application_step", args=[applied.id, "company"])
    assert owner.get(company).status_code == 302  # the host has it
    assert _post(cast, "application_take_up", applied).status_code == 302
    assert _post(cast, "application_changes", applied, {"company": "The address is missing"}).status_code == 302
    deliver_all()
    assert any("asks for changes" in mail.subject for mail in mailoutbox)
    assert "The address is missing" in owner.get(company).content.decode()
    assert (
        "The address is missing"
        not in owner.get(reverse("portal:application_step", args=[applied.id, "contacts"])).content.decode()
    )
    with pytest.raises(ApplicationElsewhereError):
        _as_host(cast, approve_application, applied)
    assert owner.post(reverse("portal:application_submit", args=[applied.id])).status_code == 302
    row = row_of(applied)
    assert (row.status, row.submitted_at) == ("submitted", NOW)
    assert row.last_submitted_at > NOW
    review = signed_in(cast.host.owner).get(reverse("portal:application_review", args=[applied.id])).content.decode()
    assert "The address is missing" in review
    assert _actions(cast.host.id) == ["application.in_review", "application.changes_requested"]


def test_asking_for_nothing_is_refused_and_asking_again_is_harmless(cast, applied):
    response = _post(cast, "application_changes", applied, {"company": " "})
    assert response.status_code == 422
    assert "at least one step" in response.content.decode()
    with pytest.raises(NothingRequestedError):
        _as_host(cast, request_changes, applied, remarks={})
    for _ in range(2):
        _as_host(cast, request_changes, applied, remarks={Step.BANK: "The proof is old"})
    with pytest.raises(ApplicationElsewhereError):
        _as_host(cast, request_changes, applied, remarks={Step.BANK: "Something else"})
    assert _actions(cast.host.id) == ["application.changes_requested"]


def test_taking_up_twice_is_harmless_and_shown_to_the_applicant(cast, applied):
    for _ in range(2):
        assert _post(cast, "application_take_up", applied).status_code == 302
    page = signed_in(applied.party.owner).get(reverse("portal:application", args=[applied.id])).content.decode()
    assert "In review" in page
    assert _actions(cast.host.id) == ["application.in_review"]


def test_reviewers_are_mailed_of_what_comes_in_and_of_what_is_withdrawn(cast, applied, mailoutbox):
    assert cast.host.manager
    assert cast.host.finance
    deliver_all()
    told = [mail.to[0] for mail in mailoutbox if mail.subject == "示范健身 applies to The alliance"]
    assert sorted(told) == sorted([cast.host.owner.email, cast.host.manager.email])
    assert [mail.to for mail in mailoutbox if "has arrived" in mail.subject] == [[applied.party.owner.email]]
    mailoutbox.clear()
    signed_in(applied.party.owner).post(reverse("portal:application_withdraw", args=[applied.id]))
    deliver_all()
    assert {mail.subject for mail in mailoutbox} == {"示范健身 has withdrawn its application"}
    assert _post(cast, "application_approve", applied).status_code == 422


WRITES = {
    "application_take_up": {},
    "application_changes": {"company": "x"},
    "application_approve": {},
    "application_reject": {"reason": "x"},
    "application_tick": {"item": "company_exists", "ticked": "yes"},
    "application_note": {"text": "x"},
}


@pytest.mark.parametrize("name", WRITES)
def test_who_may(cast, applied, name):
    address = reverse(f"portal:{name}", args=[applied.id])
    for role in (Role.FINANCE, Role.VIEWER):
        assert _post(cast, name, applied, WRITES[name], by=cast.host.user(role)).status_code == 403
    for stranger in (cast.stranger, cast.north):
        assert signed_in(stranger.owner).post(address, WRITES[name]).status_code == 404
    assert signed_in(applied.party.owner).post(address, WRITES[name]).status_code == 403
    assert "/login/" in Client().post(address)["Location"]
    assert signed_in(cast.host.owner).put(address).status_code == 405
    assert row_of(applied).status == "submitted"
    assert _post(cast, name, applied, WRITES[name], by=cast.host.manager).status_code == 302


def test_the_checklist_is_ticked_by_name_and_time(cast, applied):
    data = {"item": "licence_matches", "ticked": "yes"}
    for _ in range(2):
        assert _post(cast, "application_tick", applied, data, by=cast.host.manager).status_code == 302
    review = reverse("portal:application_review", args=[applied.id])
    page = signed_in(cast.host.owner).get(review)
    ticks = {item: tick for item, tick in page.context["checklist"] if tick}
    assert [(item.value, tick.ticked_by) for item, tick in ticks.items()] == [("licence_matches", "Lectern manager")]
    _post(cast, "application_tick", applied, data | {"ticked": "no"})
    assert not any(tick for _, tick in signed_in(cast.host.owner).get(review).context["checklist"])
    assert _post(cast, "application_tick", applied, {"item": "no-such", "ticked": "yes"}).status_code == 302
    assert _actions(cast.host.id) == ["application.ticked", "application.ticked"]


def test_notes_stay_with_the_host(cast, applied):
    assert _post(cast, "application_note", applied, {"text": "Call them on Monday"}).status_code == 302
    assert _post(cast, "application_note", applied, {"text": " "}).status_code == 422
    assert (
        "Call them on Monday"
        in signed_in(cast.host.owner).get(reverse("portal:application_review", args=[applied.id])).content.decode()
    )
    own = signed_in(applied.party.owner).get(reverse("portal:application", args=[applied.id])).content.decode()
    assert "Call them on Monday" not in own


def test_the_queue_shows_what_waits_and_filters(cast, page, applied):
    other = submitted(
        page, name="Second", company={"name_zh": "第二", "registration_number": "HRB 2", "tax_id": "DE129273398"}
    )
    _as_host(cast, reject_application, other, reason="No")
    client = signed_in(cast.host.owner)

    def shown(**query) -> list[str]:
        return [
            row.name for row in client.get(reverse("portal:applications"), query).context["table"].page.object_list.data
        ]

    assert shown() == ["示范健身"]
    assert shown(status="all") == ["示范健身", "第二"]
    assert shown(status="rejected") == ["第二"]
    assert shown(status="all", q="健身") == ["示范健身"]
    assert "Applications waiting for review" in client.get(reverse("portal:home")).content.decode()
    assert signed_in(cast.host.finance).get(reverse("portal:applications")).status_code == 403
