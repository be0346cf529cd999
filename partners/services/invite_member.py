"""A member invites a person into the organization."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.errors import DomainError, InvalidInputError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission, Role, can_grant
from alliance.kernel.tenancy import atomic
from partners.events import MemberInvited
from partners.invitation_tokens import invitation_token, token_sha256
from partners.models import AccessRules, Invitation, MailDomain, Member, Organization
from partners.single_sign_on.domain import domain_of

OPEN_FOR: Final = timedelta(days=7)


@dataclass(frozen=True, slots=True)
class Invitee:
    """Whom to invite, as what, and the language of the mail."""

    email: str
    role: Role
    language: str = "en"


class AlreadyMemberError(DomainError):
    """The person is in already."""

    code = "already_member"
    sentence = _("This person is already a member.")


class GrantTooHighError(NotPermittedError):
    """Nobody grants above their own role."""

    code = "grant_too_high"
    sentence = _("You can't give a role above your own.")


class AddressInvalidError(InvalidInputError):
    """This is no e-mail address."""

    code = "address_invalid"
    sentence = _("This is not an e-mail address.")


class AddressCannotSignInError(InvalidInputError):
    """The organization opens only through its identity provider, which does not answer for this address."""

    code = "address_cannot_sign_in"
    sentence = _("Members come in by single sign-on alone, and this address is in none of your verified domains.")


def invite_member(*, actor: Actor, invitee: Invitee, now: datetime) -> UUID:
    """Invite the address; the mail goes out after the commit. Returns the invitation's id.

    Inviting an address again renews its open invitation: same link, new role, seven more days, another mail. Raises
    `AddressInvalidError`, `AlreadyMemberError`, `AddressCannotSignInError`, `GrantTooHighError`, `NotPermittedError`.
    """
    actor.require(Permission.MEMBER_MANAGE)
    require_grant(actor, invitee.role)
    email = checked_address(invitee.email)
    with atomic():
        organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
        require_present_role(actor)
        if Member.objects.filter(user__email=email).exists():
            raise AlreadyMemberError(field="email")
        if not _could_come_in(email):
            raise AddressCannotSignInError(field="email")
        invitation = Invitation.objects.filter(email=email, accepted_at=None, revoked_at=None).first()
        if invitation is None:
            invitation = _new(organization, email, actor, now)
        else:
            require_grant(actor, Role(invitation.role))
        invitation.role, invitation.language, invitation.expires_at = invitee.role, invitee.language, now + OPEN_FOR
        invitation.save()
        audit.record(actor, "member.invited", invitation, now=now, after={"email": email, "role": str(invitee.role)})
        publish(MemberInvited(invitation_id=str(invitation.id)), now=now)
    return invitation.id


def require_grant(actor: Actor, role: Role) -> None:
    """Refuse with `GrantTooHighError` unless the actor may give `role`. The system and operators may."""
    if actor.role is not None and not can_grant(actor.role, role):
        raise GrantTooHighError(field="role")


def require_present_role(actor: Actor) -> None:
    """Refuse with `NotPermittedError` a member whose role changed after the door let them in. The organization is locked."""
    if actor.kind is not ActorKind.MEMBER or actor.actor_id is None:
        return
    if not Member.objects.filter(user_id=actor.actor_id, role=actor.role).exists():
        raise NotPermittedError


def checked_address(email: str) -> str:
    """The address in lower case; raises `AddressInvalidError`."""
    address = email.strip().lower()
    try:
        validate_email(address)
    except ValidationError as error:
        raise AddressInvalidError(field="email") from error
    return address


def _could_come_in(email: str) -> bool:
    if not AccessRules.objects.filter(requires_single_sign_on=True).exists():
        return True
    return MailDomain.objects.filter(name=domain_of(email)).exclude(verified_at=None).exists()


def _new(organization: Organization, email: str, actor: Actor, now: datetime) -> Invitation:
    invitation_id = new_id()
    return Invitation(
        id=invitation_id,
        organization=organization,
        email=email,
        token_sha256=token_sha256(invitation_token(invitation_id)),
        invited_by_id=actor.actor_id if actor.role is not None else None,
        created_at=now,
    )
