"""Decline an adjustment that was proposed."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import AdjustmentKind, ProposalState
from settlements.payouts.services.settle_unclaimed import settle_withdrawn
from settlements.services.hold_proposal import decide, hold_proposal


def reject_adjustment(*, actor: Actor, proposal_id: UUID, note: str, now: datetime) -> None:
    """Decline what was proposed, or take one's own proposal back. Raises `DecidedAlreadyError`, `NotFoundError`."""
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    with atomic():
        proposal = hold_proposal(proposal_id)
        if proposal.kind == AdjustmentKind.ESCHEAT:
            settle_withdrawn(proposal_id=proposal.id, now=now)
        decide(proposal, ProposalState.REJECTED, by=actor, note=note.strip(), now=now)
        record(actor, "adjustment.rejected", proposal, now=now, after={"note": proposal.note})
