"""Let the money of a dispute go that its opener took back."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.tenancy import atomic
from settlements.answers.services.end_dispute import release
from settlements.answers.services.hold_dispute import find_dispute, hold_dispute
from settlements.answers.services.move_disputed import lock_agreement
from settlements.models import DisputeState


def release_withdrawn(*, actor: Actor, dispute_id: UUID, now: datetime) -> None:
    """As the host, make what was set aside available again. Repeating it is harmless.

    Raises `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    with atomic():
        found = find_dispute(dispute_id)
        if found.host_id != actor.organization_id:
            raise NotPermittedError
        lock_agreement(found.agreement_id)
        dispute = hold_dispute(dispute_id)
        if dispute.state == DisputeState.WITHDRAWN and dispute.released_at is None:
            release(dispute, now=now)
            dispute.save(update_fields=["set_aside_minor", "released_at"])
