"""What partners does when something has happened: mails go out."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Role
from partners.events import FirstOwnerInvited, MemberInvited
from partners.invitation_tokens import invitation_token
from partners.mails import page_address, send_mail
from partners.models import Invitation


def on_member_invited(event: MemberInvited, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Mail the link, unless the invitation has been used or taken back meanwhile."""
    invitation = Invitation.objects.select_related("organization", "invited_by").filter(pk=event.invitation_id).first()
    if invitation is None or not invitation.is_open_at(now):
        return
    context = {
        "organization": invitation.organization.name,
        "inviter": str(invitation.invited_by) if invitation.invited_by else "",
        "role": Role(invitation.role).label,
        "email": invitation.email,
        "link": page_address("join", invitation_token(invitation.id)),
    }
    send_mail("invitation", to=[invitation.email], language=invitation.language, context=context)


def on_first_owner_invited(event: FirstOwnerInvited, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Mail the link to the first owner of a partner that a host has founded."""
    context = {
        "organization": event.organization_name,
        "inviter": "",
        "role": Role.OWNER.label,
        "email": event.email,
        "link": page_address("join", invitation_token(UUID(event.invitation_id))),
    }
    send_mail("invitation", to=[event.email], language=event.language, context=context)


def register() -> None:
    """Called when the app is ready."""
    subscribe(MemberInvited, on_member_invited, name="partners.mail_invitation", queue="mail")
    subscribe(FirstOwnerInvited, on_first_owner_invited, name="partners.mail_first_owner", queue="mail")
