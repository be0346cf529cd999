"""The host takes the applicant in."""

from datetime import datetime
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic, database_alias
from partners.models.alliances import AllianceMembership
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.models import PartnerApplication
from partners.onboarding.services.move_application import locked_application, move_application, require_way
from partners.services.add_partner import locked_alliance, take_in


class ApplicantClosedError(DomainError):
    """The operators have suspended or offboarded the organization meanwhile."""

    code = "applicant_closed"
    sentence = _("The operators have suspended this organization. It can't be taken in at present.")


def approve_application(*, actor: Actor, application_id: UUID, partner_code: str = "", now: datetime) -> None:
    """Approve: the organization becomes active and a member of the alliance under `partner_code`; its owners are mailed.

    All in one transaction. Repeating it changes nothing. Raises `NotFoundError`, `ApplicationDecidedError`,
    `ApplicationElsewhereError`, `ApplicantClosedError`, `PartnerCodeTakenError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        if application.status == Status.APPROVED:
            return
        require_way(application, Side.HOST, Status.APPROVED)
        alliance = locked_alliance(actor=actor, alliance_id=application.alliance_id)
        move_application(actor=actor, application=application, status=Status.APPROVED, now=now, decided_at=now)
        _activate(application, now)
        if not AllianceMembership.objects.filter(
            alliance=alliance, organization_id=application.organization_id
        ).exists():
            take_in(
                actor=actor,
                alliance=alliance,
                organization_id=application.organization_id,
                partner_code=partner_code,
                now=now,
            )


def _activate(application: PartnerApplication, now: datetime) -> None:
    """Let the database make the organization active; raise `ApplicantClosedError` when it is suspended or offboarded."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT partners_activate_applicant(%s, %s, %s)", [application.pk, new_id(), now])
        cursor.execute("SELECT status FROM partners_standing_of(%s)", [application.organization_id])
        [status] = cursor.fetchone()
    if status != OrganizationStatus.ACTIVE:
        raise ApplicantClosedError
