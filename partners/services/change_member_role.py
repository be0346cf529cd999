"""A member gets another role."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic
from partners.access.services.end_sessions import end_sessions
from partners.models import Member, Organization
from partners.services.invite_member import require_grant, require_present_role


class LastOwnerError(DomainError):
    """An organization always has an owner."""

    code = "last_owner"
    sentence = _("This is the last owner. Make somebody else an owner first.")


def change_member_role(*, actor: Actor, member_id: UUID, role: Role, now: datetime) -> None:
    """Give a member another role and end that person's sessions, so that the old rights end at once.

    Setting the role the member has already changes nothing. Raises `NotFoundError`, `GrantTooHighError` when the old
    or the new role is above the actor's own, `LastOwnerError`, `NotPermittedError`.
    """
    actor.require(Permission.MEMBER_MANAGE)
    with atomic():
        member = locked_member(member_id=member_id, actor=actor)
        require_grant(actor, Role(member.role))
        require_grant(actor, role)
        if member.role == role:
            return
        require_other_owner(member)
        before = {"role": member.role}
        member.role = role
        member.save(update_fields=["role"])
        end_sessions(user_id=member.user_id)
        audit.record(actor, "member.role_changed", member, now=now, before=before, after={"role": str(role)})


def locked_member(*, member_id: UUID, actor: Actor) -> Member:
    """The member, with the organization's membership locked; raises `NotFoundError`, `NotPermittedError`."""
    Organization.objects.select_for_update().get(pk=actor.organization_id)
    require_present_role(actor)
    member = Member.objects.select_related("user").filter(pk=member_id).first()
    if member is None:
        raise NotFoundError
    return member


def require_other_owner(member: Member) -> None:
    """Refuse with `LastOwnerError` when `member` is the only owner. The organization is locked."""
    if member.role == Role.OWNER and not Member.objects.filter(role=Role.OWNER).exclude(pk=member.pk).exists():
        raise LastOwnerError
