"""Propose to give a partner back what was set aside as abandoned property."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import Adjustment, AdjustmentKind, ProposedAdjustment
from settlements.payouts.services.settle_unclaimed import ReclaimedAlreadyError
from settlements.payouts.unclaimed import reclaimed_of
from settlements.services.propose_adjustment import ReasonMissingError


def propose_reclaim(*, actor: Actor, adjustment_id: UUID, reason: str, now: datetime) -> UUID:
    """Ask another person of the host to approve that all that is left of it goes back; the proposal's id.

    Approved, it is available to the partner again and paid with the next batch, however small. Raises
    `ReasonMissingError`, `ReclaimedAlreadyError`, `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    line = Adjustment.objects.filter(pk=adjustment_id).first()
    if line is None:
        raise NotFoundError
    if line.host_id != actor.organization_id:
        raise NotPermittedError
    if not reason.strip():
        raise ReasonMissingError(field="reason")
    left = -line.amount_minor - reclaimed_of([line.id])[line.id]
    waiting = ProposedAdjustment.objects.filter(answers_id=line.id, state="waiting")
    if line.kind != AdjustmentKind.ESCHEAT or left <= 0 or waiting.exists():
        raise ReclaimedAlreadyError
    with atomic():
        proposal = ProposedAdjustment.objects.create(
            organization_id=actor.organization_id,
            alliance_id=line.alliance_id,
            agreement_id=line.agreement_id,
            kind=AdjustmentKind.RECLAIMED,
            party_id=line.organization_id,
            answers_id=line.id,
            currency=line.currency,
            amount_minor=left,
            reason=reason.strip(),
            proposed_by_id=actor.user_id,
            proposed_by=actor.label[:160],
            proposed_at=now,
        )
        after = {"kind": proposal.kind, "amount_minor": left, "currency": line.currency}
        record(actor, "adjustment.proposed", proposal, now=now, after=after)
    return proposal.id
