"""An invited person becomes a member."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import member_actor
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Role
from alliance.kernel.standing import OrganizationStatus, require_open
from alliance.kernel.tenancy import atomic
from partners.events import MemberJoined
from partners.models import Invitation, Member, Organization, User


class InvitationClosedError(DomainError):
    """The link has been used, taken back, or is too old."""

    code = "invitation_closed"
    sentence = _("This invitation no longer works. Ask for a new one.")


class OtherAddressError(NotPermittedError):
    """The invitation is for somebody else."""

    code = "invitation_for_other_address"
    sentence = _("This invitation is for another e-mail address. Sign in with that address to accept it.")


def accept_invitation(*, invitation_id: UUID, user_id: UUID, ip_prefix: str = "", now: datetime) -> UUID:
    """Make the person a member with the invited role; returns the member's id. Runs in the inviting organization's scope.

    The caller has shown the secret of the link. Repeating it changes nothing. Raises `NotFoundError`,
    `InvitationClosedError`, `OtherAddressError`, `OrganizationSuspendedError`, `OrganizationOffboardedError`.
    """
    with atomic():
        invitation = Invitation.objects.select_for_update().filter(pk=invitation_id).first()
        if invitation is None:
            raise NotFoundError
        user = User.objects.get(pk=user_id)
        if user.email.lower() != invitation.email.lower():
            raise OtherAddressError
        present = Member.objects.filter(user=user).first()
        if present is not None and invitation.accepted_at is not None:
            return present.id
        if not invitation.is_open_at(now):
            raise InvitationClosedError
        require_open(OrganizationStatus(Organization.objects.get(pk=invitation.organization_id).status))
        member = present or Member.objects.create(
            organization_id=invitation.organization_id, user=user, role=invitation.role, joined_at=now
        )
        invitation.accepted_at = now
        invitation.save(update_fields=["accepted_at"])
        actor = member_actor(
            user_id=user.pk,
            organization_id=invitation.organization_id,
            role=Role(member.role),
            label=str(user),
            ip_prefix=ip_prefix,
        )
        audit.record(actor, "member.joined", member, now=now, after={"role": member.role})
        publish(MemberJoined(member_id=str(member.id), role=str(member.role)), now=now)
    return member.id
