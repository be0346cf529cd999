"""Take payouts out of a batch that nobody has sent. A step, and what a person asks for."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import (
    BatchState,
    Payout,
    PayoutApproval,
    PayoutBatch,
    PayoutPart,
    PayoutState,
    StepKind,
)
from settlements.payouts.services.hold_batch import hold_batch
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.read_content import read_content


def take_out_payout(*, actor: Actor, payout_id: UUID, reason: str, now: datetime) -> None:
    """Take one payout out of a batch that waits for approval. What was approved is void.

    The money is free for the next batch; a batch without payouts is cancelled. Raises `BatchMovedOnError`,
    `NotFoundError`.
    """
    actor.require(Permission.PAYOUT_PREPARE)
    payout = Payout.objects.filter(pk=payout_id, host_id=actor.organization_id).first()
    if payout is None:
        raise NotFoundError
    with atomic():
        batch = hold_batch(actor, payout.batch_id, BatchState.PREPARED)
        payout = Payout.objects.select_for_update().get(pk=payout_id)
        if payout.state != PayoutState.PREPARED:
            raise NotFoundError
        take_out(actor, batch, [(payout, reason.strip() or str(_("Taken out of the batch")))], now=now)


def take_out(actor: Actor, batch: PayoutBatch, payouts: Sequence[tuple[Payout, str]], *, now: datetime) -> None:
    """Cancel these payouts of a held batch, void its approvals, and bind it to what is left."""
    before = batch.content_sha256
    for payout, reason in payouts:
        payout.state, payout.reason_text = PayoutState.CANCELLED, reason[:200]
        payout.save(update_fields=["state", "reason_text"])
        PayoutPart.objects.filter(payout=payout).update(is_draft=False)
        note_step(payout, StepKind.CANCELLED, now=now, detail=reason)
    void_approvals(batch, now=now)
    content = read_content(batch)
    batch.payout_count, batch.total_minor = len(content.payouts), content.total_minor
    batch.content_sha256 = content.sha256()
    batch.approvals_needed = max(batch.approvals_needed, approvals_needed(batch.total_minor, batch.currency))
    if not content.payouts:
        batch.state, batch.cancelled_at, batch.cancelled_by = BatchState.CANCELLED, now, actor.label[:160]
    batch.save()
    after = {
        "content_sha256": batch.content_sha256,
        "total_minor": batch.total_minor,
        "taken_out": [payout.reference for payout, _reason in payouts],
    }
    record(actor, "payout_batch.changed", batch, now=now, before={"content_sha256": before}, after=after)


def void_approvals(batch: PayoutBatch, *, now: datetime) -> None:
    """What was approved is not what there is now."""
    PayoutApproval.objects.filter(batch=batch, voided_at__isnull=True).update(voided_at=now)
