"""An organization begins an application to an alliance."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.formats import date_format
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.clock import local_date
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import copied_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models.alliances import AllianceMembership
from partners.models.organizations import Organization, OrganizationKind
from partners.onboarding.domain.lifecycle import Status
from partners.onboarding.models import ApplicationDocument, PartnerApplication
from partners.onboarding.selectors import PublicPage, account_in_effect, application_page, valid_documents
from partners.services.add_partner import AlreadyInAllianceError

MOST_A_MONTH: Final = 5
MONTH: Final = timedelta(days=30)
CARRIED_ON: Final = ("company", "audience", "contacts", "country", "industry", "tax_keys", "web_domain")


class ApplicationPageClosedError(DomainError):
    """The alliance takes no applications at present."""

    code = "application_page_closed"
    sentence = _("This alliance takes no applications at present.")


class ReapplyLaterError(DomainError):
    """The last application was rejected, and the day has not come."""

    code = "reapply_later"
    sentence = _("Your last application was rejected. You may apply again later.")


class TooManyApplicationsError(DomainError):
    """Beginning and withdrawing over and over only fills the host's mailbox."""

    code = "too_many_applications"
    status = 429
    sentence = _("You have applied to this alliance five times within a month. Try again later.")


class PartnersOnlyError(DomainError):
    """Hosts host."""

    code = "partners_only"
    sentence = _("A host platform can't apply to an alliance. Apply with a partner company.")


def start_application(*, actor: Actor, slug: str, now: datetime) -> UUID:
    """Begin a draft, filled in from the organization's last application; returns its id. One that is open is gone on with.

    Raises `NotFoundError` for an unknown page, `ApplicationPageClosedError`, `AlreadyInAllianceError`,
    `ReapplyLaterError`, `TooManyApplicationsError`, `PartnersOnlyError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    page = application_page(slug=slug)
    if page is None:
        raise NotFoundError
    with atomic():
        organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
        earlier = list(PartnerApplication.objects.filter(organization=organization).order_by("-id"))
        here = [application for application in earlier if application.alliance_id == page.alliance_id]
        if here and here[0].is_open:
            return here[0].pk
        _require_free(page, organization, here, now)
        application = _new(page, organization, earlier, now)
        for document in valid_documents(earlier[0]) if earlier else []:
            _carry_on(document, application, now)
        audit.record(actor, "application.started", application, now=now, after={"alliance": page.alliance_name})
    return application.pk


def _require_free(page: PublicPage, organization: Organization, here: list[PartnerApplication], now: datetime) -> None:
    if organization.kind != OrganizationKind.PARTNER:
        raise PartnersOnlyError
    if not page.is_open:
        raise ApplicationPageClosedError
    if AllianceMembership.objects.filter(alliance_id=page.alliance_id, organization=organization).exists():
        raise AlreadyInAllianceError
    if sum(application.created_at > now - MONTH for application in here) >= MOST_A_MONTH:
        raise TooManyApplicationsError
    first_day = here[0].reapply_on if here and here[0].status == Status.REJECTED else None
    if first_day is not None and local_date(now, organization.time_zone) < first_day:
        sentence = _("Your last application was rejected. You may apply again from %(day)s.")
        raise ReapplyLaterError(sentence % {"day": date_format(first_day, "DATE_FORMAT")})


def _new(
    page: PublicPage, organization: Organization, earlier: list[PartnerApplication], now: datetime
) -> PartnerApplication:
    carried = {column: getattr(earlier[0], column) for column in CARRIED_ON} if earlier else {}
    account = account_in_effect(now)
    return PartnerApplication.objects.create(
        organization=organization,
        alliance_id=page.alliance_id,
        host_id=page.host_id,
        alliance_name=page.alliance_name,
        host_name=page.host_name,
        name=earlier[0].name if earlier else organization.name,
        bank_account=account,
        bank_details=account.shown() if account else {},
        created_at=now,
        saved_at=now,
        **(carried or {"company": {"name_zh": organization.name, "country": organization.country}}),
    )


def _carry_on(document: ApplicationDocument, application: PartnerApplication, now: datetime) -> None:
    with copied_file(document, organization_id=application.organization_id) as copy:
        ApplicationDocument.objects.create(
            application=application,
            organization_id=application.organization_id,
            host_id=application.host_id,
            kind=document.kind,
            uploaded_at=now,
            uploaded_by=document.uploaded_by,
            **copy.columns(),
        )
