"""An invitation is taken back."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic
from partners.models import Invitation, Organization
from partners.services.invite_member import require_grant, require_present_role


class InvitationAcceptedError(DomainError):
    """The person has become a member."""

    code = "invitation_accepted"
    sentence = _("This invitation has been accepted; the person is a member now.")


def revoke_invitation(*, actor: Actor, invitation_id: UUID, now: datetime) -> None:
    """Make the link of an invitation useless. Repeating it changes nothing.

    Raises `NotFoundError`, `InvitationAcceptedError`, `NotPermittedError`.
    """
    actor.require(Permission.MEMBER_MANAGE)
    with atomic():
        Organization.objects.select_for_update().get(pk=actor.organization_id)
        require_present_role(actor)
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None:
            raise NotFoundError
        require_grant(actor, Role(invitation.role))
        if invitation.accepted_at is not None:
            raise InvitationAcceptedError
        if invitation.revoked_at is not None:
            return
        invitation.revoked_at = now
        invitation.save(update_fields=["revoked_at"])
        audit.record(actor, "member.invitation_revoked", invitation, now=now, after={"email": invitation.email})
