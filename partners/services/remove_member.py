"""A member leaves, or is let go."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission, Role
from alliance.kernel.tenancy import atomic
from partners.access.services.end_sessions import end_sessions
from partners.services.change_member_role import locked_member, require_other_owner
from partners.services.invite_member import require_grant


def remove_member(*, actor: Actor, member_id: UUID, now: datetime) -> None:
    """End a membership and that person's sessions. Everybody may leave by themselves, except the last owner.

    Raises `NotFoundError`, `LastOwnerError`, `GrantTooHighError` for a role above the actor's own, `NotPermittedError`.
    """
    with atomic():
        member = locked_member(member_id=member_id, actor=actor)
        if member.user_id != actor.actor_id:
            actor.require(Permission.MEMBER_MANAGE)
            require_grant(actor, Role(member.role))
        require_other_owner(member)
        audit.record(actor, "member.removed", member, now=now, before={"role": member.role, "person": str(member.user)})
        member.delete()
        end_sessions(user_id=member.user_id)
