"""Cancel a batch that nobody has sent."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.models import BatchState, Payout, PayoutPart, PayoutState, StepKind
from settlements.payouts.services.hold_batch import hold_batch
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.post_payout_journals import Movement, post_payout_journals
from settlements.payouts.services.take_out_payout import void_approvals


def cancel_batch(*, actor: Actor, batch_id: UUID, note: str, now: datetime) -> None:
    """Cancel it; what was set aside is available again. Raises `BatchMovedOnError` once it is sent, `NotFoundError`."""
    actor.require(Permission.PAYOUT_PREPARE)
    with atomic():
        batch = hold_batch(actor, batch_id, BatchState.PREPARED, BatchState.APPROVED)
        open_states = (PayoutState.PREPARED, PayoutState.RESERVED)
        for payout in Payout.objects.select_for_update().filter(batch=batch, state__in=open_states).order_by("id"):
            was_reserved = payout.state == PayoutState.RESERVED
            journal_ids = post_payout_journals(payout, Movement.RETURNED, now=now) if was_reserved else []
            payout.state, payout.reason_text = PayoutState.CANCELLED, note.strip()[:200]
            payout.save(update_fields=["state", "reason_text"])
            note_step(payout, StepKind.CANCELLED, now=now, detail=note.strip(), journal_ids=journal_ids)
        PayoutPart.objects.filter(payout__batch=batch).update(is_draft=False)
        void_approvals(batch, now=now)
        batch.state, batch.cancelled_at, batch.cancelled_by = BatchState.CANCELLED, now, actor.label[:160]
        batch.note = note.strip()
        batch.save()
        record(actor, "payout_batch.cancelled", batch, now=now, after={"note": batch.note})
