"""Builders of applications over the real services: a page, a company that applies, a complete draft, a submitted one."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor, member_actor
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.models import PartnerApplication
from partners.models.organizations import OrganizationKind
from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.domain.eligibility import EligibilityRules
from partners.onboarding.services.found_applicant import NewApplicant, found_applicant
from partners.onboarding.services.save_answers import save_answers
from partners.onboarding.services.save_application_page import PageContent, save_application_page
from partners.onboarding.services.save_bank_account import save_bank_account
from partners.onboarding.services.save_eligibility import save_eligibility
from partners.onboarding.services.submit_application import submit_application
from partners.onboarding.services.upload_document import upload_document
from tests.cast import NOW, AllianceOf, Party, person
from tests.documents import pdf_bytes, upload

COMPANY = {
    "name_zh": "示范健身",
    "name_en": "Fit Example",
    "country": "DE",
    "registration_number": "HRB 86891",
    "tax_id": "DE136695976",
    "address": "1 Example Street",
    "website": "https://www.fit.example",
}
AUDIENCE = {"industry": "fitness", "description": "People who train at home, twice a week", "size": "under_10k"}
CONTACTS = {"name": "A. Person", "email": "contact@fit.example", "phone": "+49 30 123456"}
BANK = {"kind": "iban", "holder_name": "Fit Example", "number": "DE89370400440532013000", "bic": "DEUTDEFF"}
BANK_NUMBER = BANK["number"]
STEPS = {"company": COMPANY, "audience": AUDIENCE, "contacts": CONTACTS, "bank": BANK}


@dataclass(frozen=True)
class Page:
    """An open application page."""

    alliance: AllianceOf
    slug: str


@dataclass(frozen=True)
class Applied:
    """A company with one application."""

    party: Party
    id: UUID

    @property
    def actor(self) -> Actor:
        """The company's owner, acting while it applies."""
        return applying_actor(self.party)


def page_of(alliance: AllianceOf, *, rules: EligibilityRules | None = None, **content: object) -> Page:
    """An open page of the alliance; `rules` judge what comes in."""
    slug = str(content.pop("slug", f"page-{new_id().hex[-12:]}"))
    host = alliance.host
    values = {"slug": slug, "display_name": "Learning together", "accent_colour": "#1c5fb0"} | content
    with organization_scope(host.id):
        save_application_page(actor=host.system, alliance_id=alliance.id, content=PageContent(**values), now=NOW)
        if rules is not None:
            save_eligibility(actor=host.system, alliance_id=alliance.id, rules=rules, now=NOW)
    return Page(alliance, slug)


def applying_actor(party: Party) -> Actor:
    """The owner of a company that applies."""
    return member_actor(
        user_id=party.owner.pk,
        organization_id=party.id,
        role=Role.OWNER,
        label=str(party.owner),
        standing=OrganizationStatus.APPLYING,
    )


def begun(page: Page, *, name: str = "Fit Example", now: datetime = NOW) -> Applied:
    """A new company with an empty draft."""
    owner = person(name=f"{name} owner")
    party = Party(new_id(), name, OrganizationKind.PARTNER, "UTC", {Role.OWNER: owner})
    with organization_scope(party.id):
        application_id = found_applicant(
            actor=applying_actor(party), applicant=NewApplicant(name, "DE"), slug=page.slug, now=now
        )
    return Applied(party, application_id)


def filled(page: Page, *, name: str = "Fit Example", now: datetime = NOW, **changes: dict[str, str]) -> Applied:
    """A complete draft; `changes` by step (`company={"tax_id": …}`)."""
    applied = begun(page, name=name, now=now)
    with organization_scope(applied.party.id):
        fill(applied, now=now, **changes)
    return applied


def fill(applied: Applied, *, now: datetime = NOW, **changes: dict[str, str]) -> None:
    """Every step of a draft, in the scope of its organization."""
    values = {step: answers | changes.get(step, {}) for step, answers in STEPS.items()}
    for answers in (
        Company(**values["company"]),
        Audience(**values["audience"]),
        Contacts(**values["contacts"]),
    ):
        save_answers(actor=applied.actor, application_id=applied.id, answers=answers, now=now)
    bank = dict(values["bank"])
    details = BankDetails(kind=BankAccountKind(bank.pop("kind")), **bank)
    save_bank_account(actor=applied.actor, application_id=applied.id, details=details, now=now)
    for kind in ("business_licence", "bank_proof"):
        add_document(applied, kind=kind, now=now)


def add_document(applied: Applied, *, kind: str = "business_licence", now: datetime = NOW) -> UUID:
    """One more document, in the scope of its organization."""
    body = pdf_bytes(f"{kind} of a company")
    return upload_document(
        actor=applied.actor,
        application_id=applied.id,
        kind=kind,
        content=upload(body, f"{kind}.pdf"),
        name=f"{kind}.pdf",
        now=now,
    )


def submitted(page: Page, *, name: str = "Fit Example", now: datetime = NOW, **changes: dict[str, str]) -> Applied:
    """A complete application in the host's hands."""
    applied = filled(page, name=name, now=now, **changes)
    submit(applied, now=now)
    return applied


def submit(applied: Applied, *, now: datetime = NOW) -> None:
    """Hand it in."""
    with organization_scope(applied.party.id):
        submit_application(actor=applied.actor, application_id=applied.id, now=now)


def row_of(applied: Applied) -> PartnerApplication:
    """The application as its own organization sees it."""
    with organization_scope(applied.party.id):
        return PartnerApplication.objects.get(pk=applied.id)
