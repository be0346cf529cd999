"""End a dispute that is held, and let its money go. A step of the use cases that settle disputes."""

from datetime import datetime

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from settlements.answers.services.move_disputed import RELEASE, move_disputed
from settlements.answers.telling import Teller
from settlements.events import DisputeSettled
from settlements.models import DisputeState, LineDispute


def release(dispute: LineDispute, *, now: datetime) -> None:
    """Move what was set aside back to available, in the host's scope; nothing will be set aside any more."""
    move_disputed(dispute, key=RELEASE, amount_minor=dispute.set_aside_minor or 0, now=now)
    dispute.set_aside_minor, dispute.released_at = dispute.set_aside_minor or 0, now


def end_dispute(actor: Actor, dispute: LineDispute, state: DisputeState, *, note: str, now: datetime) -> None:
    """Write down how it ended, for good, and tell both sides."""
    dispute.state, dispute.note = state, note.strip()
    dispute.settled_at, dispute.settled_by = now, actor.label[:160]
    dispute.save()
    record(actor, "dispute.settled", dispute, now=now, after={"outcome": state.value, "note": dispute.note})
    teller = Teller(dispute.statement)
    event = DisputeSettled(
        dispute_id=str(dispute.id),
        line_number=dispute.line_number,
        outcome=state.value,
        currency=dispute.currency,
        resolved_minor=dispute.share_minor if dispute.corrected_minor is None else dispute.corrected_minor,
        **teller.fields(actor.organization_id),
    )
    teller.tell(event, now=now)
