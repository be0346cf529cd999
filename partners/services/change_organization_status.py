"""An operator suspends, reinstates or offboards an organization."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor, operator_actor
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import atomic
from partners.events import OrganizationStatusChanged
from partners.models import Organization, OrganizationStatusChange

_ACTIVE, _SUSPENDED, _OFFBOARDED = (
    OrganizationStatus.ACTIVE,
    OrganizationStatus.SUSPENDED,
    OrganizationStatus.OFFBOARDED,
)
# From where an operator may move an organization; a company that applies becomes active by the approval of a host.
REACHED_FROM: Final = {
    _SUSPENDED: frozenset({_ACTIVE}),
    _ACTIVE: frozenset({_SUSPENDED}),
    _OFFBOARDED: frozenset({OrganizationStatus.APPLYING, _ACTIVE, _SUSPENDED}),
}
LONGEST_REASON: Final = 500


class StatusReasonMissingError(InvalidInputError):
    """The members read why."""

    code = "status_reason_missing"
    sentence = _("Say why. The members of the organization read it.")


class StatusUnreachableError(DomainError):
    """There is no way from where the organization stands to there."""

    code = "status_unreachable"
    sentence = _("An organization that stands like this can't be moved there.")


def change_organization_status(
    *,
    operator_id: UUID,
    operator_label: str,
    organization_id: UUID,
    status: OrganizationStatus,
    reason: str,
    now: datetime,
) -> None:
    """Move the organization to `status`, for a reason its members read; its owners and managers are mailed.

    Runs in the operators' view, in one transaction with the audit row in the organization's own trail. From the next
    request on the doors act on it. Repeating it changes nothing. Raises `NotFoundError`, `StatusReasonMissingError`,
    `StatusUnreachableError`.
    """
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise StatusReasonMissingError(field="reason")
    with atomic():
        organization = Organization.objects.select_for_update().filter(pk=organization_id).first()
        if organization is None:
            raise NotFoundError
        before = OrganizationStatus(organization.status)
        if before == status:
            return
        if before not in REACHED_FROM.get(status, frozenset()):
            raise StatusUnreachableError
        organization.status = status
        organization.save(update_fields=["status"])
        actor = operator_actor(user_id=operator_id, organization_id=organization_id, label=operator_label)
        _keep(actor, organization, before, said, now)


def _keep(actor: Actor, organization: Organization, before: OrganizationStatus, reason: str, now: datetime) -> None:
    """The change in the organization's history and trail, and the message its mails come from."""
    after = OrganizationStatus(organization.status)
    OrganizationStatusChange.objects.create(
        organization=organization,
        before=before,
        after=after,
        reason=reason,
        changed_by=actor.label[:160],
        changed_at=now,
    )
    audit.record(
        actor,
        "organization.status_changed",
        organization,
        now=now,
        before={"status": before},
        after={"status": after, "reason": reason},
    )
    publish(OrganizationStatusChanged(status=after.value, reason=reason), now=now, operator_for=organization.id)
