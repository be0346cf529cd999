"""Approve a batch that somebody else prepared; the last approval sets the money aside."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.models import (
    BatchState,
    Payout,
    PayoutApproval,
    PayoutBatch,
    PayoutPart,
    PayoutState,
    StepKind,
)
from settlements.payouts.services.ask_again import ask_again
from settlements.payouts.services.find_changes import find_changes
from settlements.payouts.services.hold_batch import hold_batch
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.post_payout_journals import Movement, post_payout_journals
from settlements.payouts.services.take_out_payout import take_out


class PreparedByYouError(DomainError):
    """Four eyes: who prepares does not approve."""

    code = "prepared_by_you"
    status = 403
    sentence = _("You prepared this batch. Somebody else has to approve it.")


class ApprovedByYouError(DomainError):
    """A second approval is a second person's."""

    code = "approved_by_you"
    sentence = _("You have approved this batch already. The second approval is somebody else's.")


class BatchChangedError(DomainError):
    """What was approved is not what would be paid."""

    code = "batch_changed"
    sentence = _(
        "The batch has changed since you looked at it, so nothing was approved and earlier approvals are void. Look at it anew."
    )


@dataclass(frozen=True, slots=True)
class Approved:
    """How many approvals the batch has and needs; `is_reserved` when this one set the money aside.

    `changed` names payouts that could not be paid any more as they were prepared: then nothing was approved.
    """

    count: int
    needed: int
    is_reserved: bool = False
    changed: tuple[tuple[str, str], ...] = ()


def approve_batch(*, actor: Actor, batch_id: UUID, content_sha256: str, now: datetime) -> Approved:
    """Approve exactly the content that `content_sha256` names; with the last approval needed its money is in transit.

    Before that the limit, every account, hold and balance is looked at again. What is no longer payable as it was prepared is taken out
    with its reason, and every approval is void: `changed` says so, and is kept. Raises `BatchChangedError` when somebody
    else has changed it, `PreparedByYouError`, `ApprovedByYouError`, `BatchMovedOnError`, `PersonRequiredError`,
    `SecondFactorRequiredError`, `NotFoundError`, `PeriodsKeepClosingError` (try again).
    """
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    with atomic():
        batch = hold_batch(actor, batch_id, BatchState.PREPARED)
        ask_again(actor, batch, now=now)
        if actor.user_id is None or actor.user_id == batch.prepared_by_id:
            raise PreparedByYouError
        changes = find_changes(batch, now=now)
        if changes:
            take_out(actor, batch, changes, now=now)
            return Approved(0, batch.approvals_needed, changed=tuple((p.reference, reason) for p, reason in changes))
        if content_sha256 != batch.content_sha256:
            raise BatchChangedError
        return _approve(actor, batch, now)


def _approve(actor: Actor, batch: PayoutBatch, now: datetime) -> Approved:
    assert actor.user_id is not None  # asked by the caller
    valid = PayoutApproval.objects.filter(batch=batch, voided_at__isnull=True, content_sha256=batch.content_sha256)
    if valid.filter(approved_by_id=actor.user_id).exists():
        raise ApprovedByYouError
    PayoutApproval.objects.create(
        organization_id=batch.organization_id,
        batch=batch,
        content_sha256=batch.content_sha256,
        approved_by_id=actor.user_id,
        approved_by=actor.label[:160],
        approved_at=now,
    )
    count = valid.count()
    after = {"content_sha256": batch.content_sha256, "approvals": count, "total_minor": batch.total_minor}
    record(actor, "payout_batch.approved", batch, now=now, after=after)
    is_last = count >= batch.approvals_needed
    if is_last:
        _reserve(batch, now)
    return Approved(count, batch.approvals_needed, is_last)


def _reserve(batch: PayoutBatch, now: datetime) -> None:
    """From available to in transit, all of the batch or nothing."""
    for payout in Payout.objects.select_for_update().filter(batch=batch, state=PayoutState.PREPARED).order_by("id"):
        journal_ids = post_payout_journals(payout, Movement.RESERVED, now=now)
        payout.state = PayoutState.RESERVED
        payout.save(update_fields=["state"])
        note_step(payout, StepKind.RESERVED, now=now, journal_ids=journal_ids)
    PayoutPart.objects.filter(payout__batch=batch).update(is_draft=False)
    batch.state, batch.approved_at = BatchState.APPROVED, now
    batch.save(update_fields=["state", "approved_at"])
