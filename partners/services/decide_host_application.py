"""An operator approves or declines the application of a company that asks to host."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import operator_actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import atomic, on_commit, organization_scope
from partners.mails import send_mail
from partners.models import HostApplication, HostApplicationStatus, Organization, OrganizationKind
from partners.services.create_organization import NewOrganization, create_organization
from partners.services.invite_member import Invitee, invite_member


class HostApplicationDecidedError(DomainError):
    """Somebody has decided already, otherwise."""

    code = "application_decided"
    sentence = _("This application has been decided already.")


def decide_host_application(
    *, operator_id: UUID, operator_label: str, application_id: UUID, approve: bool, now: datetime
) -> None:
    """Approve: found the organization (its id is the application's) and invite the contact as its owner. Decline: tell the contact.

    Runs in the operators' console, on the operator's role. Repeating the same decision changes nothing. Raises
    `NotFoundError`, `HostApplicationDecidedError`.
    """
    wanted = HostApplicationStatus.APPROVED if approve else HostApplicationStatus.DECLINED
    with atomic():
        application = HostApplication.objects.select_for_update().filter(pk=application_id).first()
        if application is None:
            raise NotFoundError
        if application.status == wanted:
            return
        if application.status != HostApplicationStatus.PENDING:
            raise HostApplicationDecidedError
        if approve:
            _found(application, operator_id, operator_label, now)
            application.organization_id = application.id
        else:
            on_commit(lambda: _tell_contact(application))
        application.status, application.decided_at = wanted, now
        application.save(update_fields=["status", "decided_at", "organization"])


def _tell_contact(application: HostApplication) -> None:
    context: dict[str, object] = {"application": application}
    send_mail(
        "host_application_declined", to=[application.contact_email], language=application.language, context=context
    )


def _found(application: HostApplication, operator_id: UUID, operator_label: str, now: datetime) -> None:
    """Committed by itself, before the decision: a crash in between is mended by approving again."""
    actor = operator_actor(user_id=operator_id, organization_id=application.id, label=operator_label)
    organization = NewOrganization(
        application.organization_name,
        OrganizationKind.HOST,
        time_zone=application.time_zone,
        country=application.country,
    )
    with organization_scope(application.id):
        if not Organization.objects.filter(pk=application.id).exists():
            create_organization(actor=actor, organization=organization, owner_id=None, now=now)
        invite_member(
            actor=actor, invitee=Invitee(application.contact_email, Role.OWNER, application.language), now=now
        )
