"""What partners does when something has happened: mails go out."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Permission, Role
from partners import audit_words, webhook_types
from partners.events import FirstOwnerInvited, MemberInvited, OrganizationStatusChanged, PersonToTell
from partners.invitation_tokens import invitation_token
from partners.mails import page_address, send_mail
from partners.models import Invitation, Organization
from partners.telling import tell_members
from partners.webhooks import mails as webhook_mails


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


def on_organization_status_changed(
    event: OrganizationStatusChanged, /, *, organization_id: UUID, now: datetime
) -> None:
    """Tell those who answer for the organization, in words of their own language."""
    name = Organization.objects.get(pk=organization_id).name
    tell_members(
        template=f"organization_{event.status}",
        permission=Permission.MEMBER_MANAGE,
        facts={"organization": name, "reason": event.reason, "link": page_address("home")},
        now=now,
    )


def on_person_to_tell(event: PersonToTell, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Send the one mail."""
    facts = dict(zip(event.facts[::2], event.facts[1::2], strict=True))
    send_mail(event.template, to=[event.email], language=event.language, context=facts)


def register() -> None:
    """Called when the app is ready."""
    subscribe(OrganizationStatusChanged, on_organization_status_changed, name="partners.tell_of_status", queue="mail")
    subscribe(PersonToTell, on_person_to_tell, name="partners.mail_person", queue="mail")
    subscribe(MemberInvited, on_member_invited, name="partners.mail_invitation", queue="mail")
    subscribe(FirstOwnerInvited, on_first_owner_invited, name="partners.mail_first_owner", queue="mail")
    audit_words.register()
    webhook_types.register()
    webhook_mails.register()
