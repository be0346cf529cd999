"""Take one's own dispute back."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.end_dispute import end_dispute
from settlements.answers.services.hold_dispute import DisputeOverError, find_dispute, hold_dispute
from settlements.models import DisputeState


def withdraw_dispute(*, actor: Actor, dispute_id: UUID, now: datetime) -> None:
    """End the own organization's dispute; the host's worker makes what was set aside available again.

    Raises `DisputeOverError`, `NotFoundError`, and `NotPermittedError` for the other side.
    """
    actor.require(Permission.STATEMENT_ANSWER)
    with atomic():
        if find_dispute(dispute_id).opened_by_organization_id != actor.organization_id:
            raise NotPermittedError
        dispute = hold_dispute(dispute_id)
        if not dispute.is_open:
            raise DisputeOverError
        end_dispute(actor, dispute, DisputeState.WITHDRAWN, note="", now=now)
