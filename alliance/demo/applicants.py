"""Companies of the demo that apply to its alliance: one in review, one that is asked for changes. Safe to repeat."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files.base import ContentFile
from fpdf import FPDF

from alliance.demo.orders import TIME_ZONE
from alliance.demo.people import LOGINS
from alliance.demo.world import ALLIANCE_NAME, BOOKS, HOST, PETS, DemoOrganization, actor_of
from alliance.kernel.actor import Actor, member_actor
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.models import Organization, User
from partners.onboarding.domain.answers import Audience, Company, Contacts
from partners.onboarding.domain.bank_details import BankAccountKind, BankDetails
from partners.onboarding.domain.steps import Step
from partners.onboarding.selectors import page_of
from partners.onboarding.services.found_applicant import NewApplicant, found_applicant
from partners.onboarding.services.request_changes import request_changes
from partners.onboarding.services.save_answers import save_answers
from partners.onboarding.services.save_application_page import PageContent, save_application_page
from partners.onboarding.services.save_bank_account import save_bank_account
from partners.onboarding.services.submit_application import submit_application
from partners.onboarding.services.take_up_application import take_up_application
from partners.onboarding.services.tick_item import tick_item
from partners.onboarding.services.upload_document import upload_document
from partners.onboarding.services.write_note import write_note

SLUG: Final = "learning-alliance"
PAGE: Final = PageContent(
    slug=SLUG,
    display_name=ALLIANCE_NAME,
    accent_colour="#0b6b75",
    introduction_en="We teach; you know your customers. Together we sell courses and goods that belong together, and split what they earn by a signed agreement.",
    introduction_zh="我们做课程，您了解您的客户。让课程与商品相互搭配、一同销售，并按已签署的协议分账。",
    industries=("fitness", "auto_finance", "home_furnishing", "publishing", "pets", "travel"),
)


@dataclass(frozen=True, slots=True)
class DemoApplicant:
    """What one company says. The numbers are made up and only sound."""

    organization: DemoOrganization
    name_zh: str
    name_en: str
    credit_code: str
    website: str
    industry: str
    audience: str
    account_number: str


IN_REVIEW: Final = DemoApplicant(
    BOOKS,
    "示范图书有限公司",
    "Demo Books Ltd.",
    "91310000MA1FL0AB47",
    "https://demo-books.example",
    "publishing",
    "City readers between 25 and 45 who buy a book a month and listen on their way to work.",
    "1001230009876543210",
)
ASKED_FOR_CHANGES: Final = DemoApplicant(
    PETS,
    "示范宠物用品有限公司",
    "Demo Pets Ltd.",
    "91440300MA5DQ0CD73",
    "https://demo-pets.example",
    "pets",
    "Families with dogs and cats who order food and toys online, many of them for the first time.",
    "4400560001234567890",
)


def ensure_applicants(alliance_id: UUID, *, now: datetime) -> list[UUID]:
    """The application page of the demo's alliance and its two applicants; the applicants' organizations, when they are new."""
    with organization_scope(HOST.id):
        if page_of(alliance_id) is not None:
            return []
        save_application_page(actor=actor_of(HOST), alliance_id=alliance_id, content=PAGE, now=now)
    reviewed, asked = (_apply(applicant, now) for applicant in (IN_REVIEW, ASKED_FOR_CHANGES))
    with organization_scope(HOST.id):
        host = actor_of(HOST)
        take_up_application(actor=host, application_id=reviewed, now=now)
        tick_item(actor=host, application_id=reviewed, item="company_exists", is_ticked=True, now=now)
        write_note(actor=host, application_id=reviewed, text="Call their marketing before we decide.", now=now)
        remarks = {Step.DOCUMENTS: "The bank proof is not readable. Please upload a clearer copy."}
        request_changes(actor=host, application_id=asked, remarks=remarks, now=now)
    return [IN_REVIEW.organization.id, ASKED_FOR_CHANGES.organization.id]


def _apply(applicant: DemoApplicant, now: datetime) -> UUID:
    organization = applicant.organization
    actor = _owner_of(organization)
    with organization_scope(organization.id):
        assert not Organization.objects.filter(pk=organization.id).exists()
        new = NewApplicant(organization.name, organization.country, TIME_ZONE)
        application_id = found_applicant(actor=actor, applicant=new, slug=SLUG, now=now)
        for answers in _answers(applicant):
            save_answers(actor=actor, application_id=application_id, answers=answers, now=now)
        details = BankDetails(
            kind=BankAccountKind.CN_COMPANY,
            holder_name=applicant.name_zh,
            number=applicant.account_number,
            bank_name="示范银行",
            branch="示范银行城中支行",
        )
        save_bank_account(actor=actor, application_id=application_id, details=details, now=now)
        for kind in PAGE.required_documents:
            body = _document(f"{applicant.name_en}: {kind.replace('_', ' ')} (demo)")
            upload_document(
                actor=actor,
                application_id=application_id,
                kind=kind,
                content=ContentFile(body),
                name=f"{kind}.pdf",
                now=now,
            )
        submit_application(actor=actor, application_id=application_id, now=now)
    return application_id


def _answers(applicant: DemoApplicant) -> tuple[Company | Audience | Contacts, ...]:
    email = next(login.email for login in LOGINS if login.organization == applicant.organization.key)
    return (
        Company(
            name_zh=applicant.name_zh,
            name_en=applicant.name_en,
            country=applicant.organization.country,
            registration_number=applicant.credit_code,
            website=applicant.website,
        ),
        Audience(industry=applicant.industry, description=applicant.audience, size="under_1m"),
        Contacts(name="Demo contact", position="Partnerships", email=email, phone="+86 10 5555 0100"),
    )


def _owner_of(organization: DemoOrganization) -> Actor:
    login = next(login for login in LOGINS if login.organization == organization.key)
    person = User.objects.get(email=login.email)
    return member_actor(
        user_id=person.pk,
        organization_id=organization.id,
        role=Role.OWNER,
        label=str(person),
        standing=OrganizationStatus.APPLYING,
    )


def _document(text: str) -> bytes:
    document = FPDF()
    document.add_page()
    document.set_font("helvetica", size=16)
    document.cell(text=text)
    return bytes(document.output())
