"""What pages, other parts and other apps may ask of onboarding. The first two are doors: they need no scope."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Any
from uuid import UUID

from django.db import connections
from django.db.models import Q

from alliance.kernel.tenancy import database_alias, require_organization_id
from partners.onboarding.domain.lifecycle import Status
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import (
    ApplicationDocument,
    ApplicationIntent,
    ApplicationPage,
    BankAccount,
    BankAccountDecision,
    PartnerApplication,
)


@dataclass(frozen=True, slots=True)
class PublicLogo:
    """The picture of a page, as `private_file_response` and its like read it."""

    file_name: str
    file_kind: str
    stored_as: str


@dataclass(frozen=True, slots=True)
class PublicPage:
    """What everybody may know of an alliance's application page. `is_open`: applications are taken at present."""

    alliance_id: UUID
    alliance_name: str
    host_id: UUID
    host_name: str
    slug: str
    display_name: str
    accent_colour: str
    introduction_en: str
    introduction_zh: str
    industries: tuple[str, ...]
    required_documents: tuple[str, ...]
    is_open: bool
    logo: PublicLogo | None

    def introduction(self, language: str) -> str:
        """The host's words in this language, else in the other one."""
        first, second = self.introduction_en, self.introduction_zh
        return (second or first) if language.startswith("zh") else (first or second)


@dataclass(frozen=True, slots=True)
class PayableAccount:
    """The bank account that money goes to. The number itself is opened by `bank_numbers.opened_number`."""

    id: UUID
    kind: str
    country: str
    holder_name: str
    masked: str
    effective_at: datetime


class AccountStanding(StrEnum):
    """What a bank account is at an instant: paid to, to be paid to, waiting for a second person, declined, of before."""

    PRESENT = "present"
    COMING = "coming"
    UNCONFIRMED = "unconfirmed"
    DECLINED = "declined"
    FORMER = "former"


_PAGE_COLUMNS = (
    "alliance_id",
    "alliance_name",
    "host_id",
    "host_name",
    "slug",
    "display_name",
    "accent_colour",
    "introduction_en",
    "introduction_zh",
    "industries",
    "required_documents",
    "is_open",
    "file_name",
    "file_kind",
    "stored_as",
)
_PAGE = f"SELECT {', '.join(_PAGE_COLUMNS)} FROM partners_application_page(%s, %s)"  # noqa: S608  names of our own


def application_page(*, slug: str | None = None, alliance_id: UUID | None = None) -> PublicPage | None:
    """The page at an address, or of an alliance. Needs no scope."""
    for row in _ask(_PAGE, slug, alliance_id):
        values = dict(zip(_PAGE_COLUMNS, row, strict=True))
        picture = {name: values.pop(name) for name in ("file_name", "file_kind", "stored_as")}
        for name in ("industries", "required_documents"):
            values[name] = tuple(values[name])
        return PublicPage(**values, logo=PublicLogo(**picture) if picture["stored_as"] else None)
    return None


def intended_page(user_id: UUID) -> str:
    """The address of the page on which this person signed up and has not begun to apply yet; empty for none. Needs no scope."""
    return ApplicationIntent.objects.filter(user_id=user_id).values_list("slug", flat=True).first() or ""


def similar_companies(application_id: UUID) -> dict[str, int]:
    """In the host's scope: how many other companies share the applicant's `tax_id`, `web_domain` or `bank_account`."""
    sql = "SELECT kind, companies FROM partners_count_similar_applicants(%s) ORDER BY kind"
    return {str(kind): int(count) for kind, count in _ask(sql, application_id)}


def waiting_applications() -> int:
    """In a host's scope: how many applications wait for its decision."""
    rows = PartnerApplication.objects.filter(host_id=require_organization_id())
    return rows.filter(status__in=[Status.SUBMITTED, Status.IN_REVIEW]).count()


def own_applications() -> list[PartnerApplication]:
    """The applications of the scope's organization, newest first."""
    return list(PartnerApplication.objects.filter(organization_id=require_organization_id()))


def valid_documents(application: PartnerApplication) -> list[ApplicationDocument]:
    """The documents that count at present."""
    return list(ApplicationDocument.objects.filter(application=application, removed_at=None))


def incomplete_steps(application: PartnerApplication, *, required_documents: Collection[str]) -> list[Step]:
    """The steps that keep the application from being submitted, in their order."""
    kinds = {document.kind for document in valid_documents(application)}
    parts: list[tuple[Step, bool]] = [
        (Step.COMPANY, _is_sound(application.parsed_company().problems())),
        (Step.AUDIENCE, _is_sound(application.parsed_audience().problems())),
        (Step.CONTACTS, _is_sound(application.parsed_contacts().problems())),
        (Step.DOCUMENTS, set(required_documents) <= kinds),
        (Step.BANK, application.bank_account_id is not None),
    ]
    return [step for step, is_complete in parts if not is_complete]


def payable_account(*, at: datetime) -> PayableAccount | None:
    """The account of the scope's organization that money goes to at the instant `at`."""
    account = account_in_effect(at)
    if account is None:
        return None
    return PayableAccount(
        account.pk, account.kind, account.country, account.holder_name, account.masked, account.effective_at
    )


def account_in_effect(at: datetime) -> BankAccount | None:
    """The same as a row, for onboarding's own services: what needs a second person's confirmation has it."""
    agreed = Q(needs_confirmation=False) | Q(decision__is_confirmed=True)
    return BankAccount.objects.filter(agreed, effective_at__lte=at).order_by("-effective_at", "-id").first()


def standing_of(account: BankAccount, present: BankAccount | None, now: datetime) -> AccountStanding:
    """Where an account of the scope's organization stands; `present` is the one in effect, the decision is at hand."""
    decision: BankAccountDecision | None = getattr(account, "decision", None)
    if present is not None and account.pk == present.pk:
        return AccountStanding.PRESENT
    if decision is not None and not decision.is_confirmed:
        return AccountStanding.DECLINED
    if account.needs_confirmation and decision is None:
        return AccountStanding.UNCONFIRMED
    return AccountStanding.COMING if account.effective_at > now else AccountStanding.FORMER


def page_of(alliance_id: UUID) -> ApplicationPage | None:
    """In the host's scope: the alliance's page with everything the host keeps behind it."""
    return ApplicationPage.objects.select_related("logo").filter(alliance_id=alliance_id).first()


def _is_sound(problems: Iterable[object]) -> bool:
    return not any(True for _ in problems)


def _ask(sql: str, *arguments: str | UUID | None) -> list[tuple[Any, ...]]:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(sql, arguments)
        return list(cursor.fetchall())
