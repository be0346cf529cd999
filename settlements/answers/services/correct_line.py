"""End a dispute whose line was wrong. A step of approving its correction."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from settlements.answers.services.end_dispute import end_dispute, release
from settlements.models import DisputeState, LineDispute


def correct_line(
    *, actor: Actor, dispute: LineDispute, adjustment_id: UUID, difference_minor: int, note: str, now: datetime
) -> None:
    """Release what was set aside and name the adjustment that gives or takes the difference. The dispute is held and open."""
    release(dispute, now=now)
    dispute.corrected_minor, dispute.correction_id = dispute.share_minor + difference_minor, adjustment_id
    end_dispute(actor, dispute, DisputeState.CORRECTED, note=note, now=now)
