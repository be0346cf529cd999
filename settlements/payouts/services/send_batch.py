"""Send an approved batch to the bank."""

from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.hints import Hint, after_commit_once
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.models import BatchState, Payout, PayoutState
from settlements.payouts.services.hold_batch import hold_batch

SEND_HINT: Final = Hint(task="settlements.payouts.carry_out", queue="money")


def send_batch(*, actor: Actor, batch_id: UUID, now: datetime) -> int:
    """Let workers hand the batch's payments to its gateway, from now on; how many. Each is sent under its one key.

    Raises `BatchMovedOnError` unless it is approved and not sent yet, `PersonRequiredError`, `SecondFactorRequiredError`,
    `NotFoundError`.
    """
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    with atomic():
        batch = hold_batch(actor, batch_id, BatchState.APPROVED)
        count = Payout.objects.filter(batch=batch, state=PayoutState.RESERVED).update(look_at=now)
        batch.state, batch.sent_at, batch.sent_by = BatchState.SENT, now, actor.label[:160]
        batch.save(update_fields=["state", "sent_at", "sent_by"])
        record(actor, "payout_batch.sent", batch, now=now, after={"payouts": count, "total_minor": batch.total_minor})
        after_commit_once(SEND_HINT)
    return count
