"""An operator begins to look at the portal through a member's eyes."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.errors import InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.tenancy import atomic
from partners.models import Member, Viewing

LASTS: Final = timedelta(minutes=30)
LONGEST_REASON: Final = 300


class ViewingReasonMissingError(InvalidInputError):
    """The members read why somebody looked."""

    code = "viewing_reason_missing"
    sentence = _("Say why you look. The members of the organization read it.")


def start_viewing(*, actor: Actor, member_id: UUID, reason: str, now: datetime) -> UUID:
    """Let the operator see for half an hour what the member sees, reading only; returns the view's id.

    Runs in the organization's scope; its own audit trail says who looked, as whom, why and until when. Raises
    `NotFoundError`, `ViewingReasonMissingError`, and `NotPermittedError` for anybody but an operator.
    """
    if actor.kind is not ActorKind.OPERATOR or actor.is_read_only or actor.actor_id is None:
        raise NotPermittedError
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise ViewingReasonMissingError(field="reason")
    with atomic():
        member = Member.objects.select_related("user").filter(pk=member_id).first()
        if member is None:
            raise NotFoundError
        viewing = Viewing.objects.create(
            organization_id=actor.organization_id,
            member_id=member.pk,
            member_name=str(member.user)[:160],
            operator_id=actor.actor_id,
            reason=said,
            started_at=now,
            expires_at=now + LASTS,
        )
        after = {"reason": said, "role": member.role, "until": viewing.expires_at}
        audit.record(actor, "viewing.started", viewing, now=now, after=after)
    return viewing.pk
