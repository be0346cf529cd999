"""A host invites the first owner of a partner organization that it founded."""

from datetime import datetime
from uuid import UUID

from django.db import ProgrammingError, connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from partners.events import FirstOwnerInvited
from partners.invitation_tokens import invitation_token, token_sha256
from partners.models import Organization
from partners.services.invite_member import OPEN_FOR, checked_address


class HasItsOwnPeopleError(DomainError):
    """The organization was not founded by this host, or has members who invite."""

    code = "has_its_own_people"
    sentence = _("This organization has members of its own; they invite their colleagues.")


def invite_first_owner(*, actor: Actor, organization_id: UUID, email: str, language: str, now: datetime) -> UUID:
    """Invite `email` as the owner of a partner without members; an earlier open invitation is replaced.

    Returns the invitation's id; the mail goes out after the commit. Raises `NotFoundError`, `AddressInvalidError`,
    `HasItsOwnPeopleError`, `NotPermittedError`.
    """
    actor.require(Permission.ALLIANCE_MANAGE)
    address = checked_address(email)
    invitation_id = new_id()
    with atomic():
        organization = Organization.objects.filter(pk=organization_id).first()
        if organization is None:
            raise NotFoundError
        _insert(actor, organization, (invitation_id, address, language), now)
        audit.record(actor, "alliance.owner_invited", organization, now=now, after={"email": address})
        publish(
            FirstOwnerInvited(
                invitation_id=str(invitation_id),
                organization_id=str(organization_id),
                organization_name=organization.name,
                email=address,
                language=language,
            ),
            now=now,
        )
    return invitation_id


def _insert(actor: Actor, organization: Organization, invitation: tuple[UUID, str, str], now: datetime) -> None:
    invitation_id, address, language = invitation
    invited_by = actor.actor_id if actor.role is not None else None
    try:
        with atomic(), connections[database_alias()].cursor() as cursor:
            cursor.execute(
                "SELECT partners_invite_first_owner(%s, %s, %s, %s, %s, %s, %s, %s)",
                [
                    invitation_id,
                    organization.id,
                    address,
                    language,
                    token_sha256(invitation_token(invitation_id)),
                    invited_by,
                    now,
                    now + OPEN_FOR,
                ],
            )
    except ProgrammingError as error:
        raise HasItsOwnPeopleError from error
