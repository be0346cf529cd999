"""End a dispute with the line as it is."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.end_dispute import end_dispute, release
from settlements.answers.services.hold_dispute import hold_open_dispute
from settlements.models import DisputeState


class AnswerMissingError(InvalidInputError):
    """Who disputed the line wants to know why."""

    code = "answer_missing"
    sentence = _("Say why: the other side reads it.")


def let_line_stand(*, actor: Actor, dispute_id: UUID, note: str, now: datetime) -> None:
    """As the host, end a dispute with the line as it is: what was set aside is available again.

    Raises `DisputeOverError`, `AnswerMissingError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    if not note.strip():
        raise AnswerMissingError(field="note")
    with atomic():
        dispute = hold_open_dispute(dispute_id)
        if dispute.host_id != actor.organization_id:
            raise NotPermittedError
        release(dispute, now=now)
        end_dispute(actor, dispute, DisputeState.STANDS, note=note, now=now)
