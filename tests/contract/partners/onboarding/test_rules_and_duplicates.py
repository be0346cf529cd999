"""What the host's rules decide by themselves, and what is said about companies that seem to be here already."""

import pytest
from django.urls import reverse

from alliance.kernel.models import AuditEvent
from alliance.kernel.tenancy import across_organizations, organization_scope
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.models import AllianceMembership
from partners.onboarding.domain.eligibility import EligibilityRules, Rule, Subject
from partners.onboarding.selectors import similar_companies
from partners.onboarding.services.judge_application import judge_application
from partners.onboarding.services.take_up_application import take_up_application
from tests.applicants import BANK, Applied, filled, page_of, row_of, submitted
from tests.cast import NOW, alliance_of, host_organization, signed_in
from tests.databases import forget_likeness
from tests.outbox import deliver_all

GERMANY = Rule(Subject.COUNTRY, ("DE",))
ANOTHER = {"company": {"name_zh": "另一家", "registration_number": "HRB 7", "tax_id": "DE129273398", "website": ""}}
OTHER_BANK = {"bank": BANK | {"number": "DE02120300000000202051"}}


@pytest.fixture(scope="module", autouse=True)
def _nobody_else(django_db_setup):
    """Only these tests' own companies resemble each other, whatever ran before in this process."""
    forget_likeness()


def _rules(cast, *rules: Rule, **outcome: bool):
    return page_of(cast.alliance, rules=EligibilityRules(rules, **outcome))


def test_who_meets_every_rule_is_a_member_at_once(cast, mailoutbox):
    page = _rules(cast, GERMANY, Rule(Subject.EMAIL_DOMAIN, ("*.example.org", "example.org")), approves=True)
    applied = submitted(page)
    deliver_all()
    row = row_of(applied)
    assert (row.status, row.decided_at is not None) == ("approved", True)
    with organization_scope(cast.host.id):
        assert AllianceMembership.objects.filter(organization_id=applied.party.id).exists()
        [act] = AuditEvent.objects.filter(action="application.approved")
        assert (act.actor_kind, act.actor_label) == ("system", "rules")
    assert any("Welcome to" in mail.subject for mail in mailoutbox)


def test_who_does_not_is_looked_at_or_refused_with_the_reason_in_both_languages(cast, mailoutbox):
    looked_at = submitted(_rules(cast, Rule(Subject.COUNTRY, ("CN",)), approves=True))
    deliver_all()
    assert row_of(looked_at).status == "submitted"
    page = _rules(cast, Rule(Subject.COUNTRY, ("CN",)), refuses=True)
    refused = submitted(page, name="Other", **ANOTHER)
    deliver_all()
    row = row_of(refused)
    assert row.status == "rejected"
    assert "does not take companies of your country" in row.reason
    assert len(row.reason.splitlines()) == 2
    assert row.reapply_on is not None
    assert any(row.reason.splitlines()[0] in mail.body for mail in mailoutbox)


@pytest.mark.parametrize("rules", [(), (GERMANY,)])
def test_rules_approve_only_what_they_name_and_only_when_told_to(cast, rules):
    for approves in (False, True):
        applied = submitted(_rules(cast, *rules, approves=approves), name=f"Company {approves}")
        deliver_all()
        wanted = "approved" if rules and approves else "submitted"
        assert row_of(applied).status == (wanted if not approves or not rules else "submitted")


def test_the_address_that_counts_is_the_proven_one(cast):
    page = _rules(cast, Rule(Subject.EMAIL_DOMAIN, ("fit.example",)), approves=True)
    applied = submitted(page)  # contacts say contact@fit.example; the person signs in with example.org
    deliver_all()
    row = row_of(applied)
    assert (row.status, row.applicant_email) == ("submitted", applied.party.owner.email)


def test_nobody_is_approved_who_resembles_another(cast):
    page = _rules(cast, GERMANY, approves=True)
    first = submitted(page)
    deliver_all()
    second = submitted(page, name="Second")
    deliver_all()
    assert (row_of(first).status, row_of(second).status) == ("approved", "submitted")


def test_rules_leave_alone_what_somebody_has_taken_up(cast):
    page = page_of(cast.alliance)
    applied = submitted(page)
    with organization_scope(cast.host.id):
        take_up_application(actor=cast.host.system, application_id=applied.id, now=NOW)
    page_of(cast.alliance, slug=page.slug, rules=EligibilityRules((GERMANY,), approves=True))
    with organization_scope(cast.host.id):
        judge_application(actor=cast.host.system, application_id=applied.id, now=NOW)
    assert row_of(applied).status == "in_review"


# --- Duplicates -----------------------------------------------------------------------------------------------------


def _flags(cast, applied: Applied) -> dict[str, int]:
    with organization_scope(cast.host.id):
        return similar_companies(applied.id)


@pytest.mark.parametrize(
    ("changes", "flags"),
    [
        ({}, {"bank_account": 1, "tax_id": 1, "web_domain": 1}),
        (ANOTHER | OTHER_BANK, {}),
        (ANOTHER, {"bank_account": 1}),
        (OTHER_BANK | {"company": ANOTHER["company"] | {"tax_id": "de 136 695 976"}}, {"tax_id": 1}),
        (OTHER_BANK | {"company": ANOTHER["company"] | {"registration_number": "hrb-86891"}}, {"tax_id": 1}),
        (OTHER_BANK | {"company": ANOTHER["company"] | {"website": "http://shop.fit.example/x"}}, {"web_domain": 1}),
        (OTHER_BANK | {"company": ANOTHER["company"] | {"website": "https://notfit.example"}}, {}),
        (
            ANOTHER | {"bank": BANK | {"number": "DE89 3704 0044 0532 0130 00", "holder_name": "Somebody"}},
            {"bank_account": 1},
        ),
    ],
)
def test_what_two_companies_share_is_found(cast, page, changes, flags):
    first, second = submitted(page), submitted(page, name="Second", **changes)
    assert _flags(cast, second) == flags
    assert _flags(cast, first) == flags


def test_a_draft_that_was_never_submitted_does_not_count(cast, page):
    filled(page, name="Only a draft")
    assert _flags(cast, submitted(page)) == {}


def test_the_host_learns_that_and_not_which(cast, page):
    first = submitted(page, name="Secretive", company={"name_zh": "保密公司"})
    second = submitted(page, name="Second")
    page_text = signed_in(cast.host.owner).get(reverse("portal:application_review", args=[second.id])).content.decode()
    assert "Another company on this installation has the same bank account" in page_text
    assert "保密公司" not in page_text
    assert str(first.party.id) not in page_text


def test_only_the_host_of_the_application_is_told(cast, page):
    first, second = submitted(page), submitted(page, name="Second")
    for party in (cast.stranger, cast.north, first.party, second.party):
        with organization_scope(party.id):
            assert similar_companies(second.id) == {}


def test_operators_see_which(committed):
    page = page_of(alliance_of(host_organization()))
    first, second = submitted(page), submitted(page, name="Second")
    with across_organizations(reason="a test's operator"), scoped_cursor() as cursor:
        cursor.execute("SELECT kind, organization_id FROM partners_similar_applicants(%s)", [second.id])
        assert ("tax_id", first.party.id) in cursor.fetchall()
