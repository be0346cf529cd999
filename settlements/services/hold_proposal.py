"""Hold a proposed adjustment while it is decided. A step of approving and rejecting."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from settlements.models import ProposalState, ProposedAdjustment


class DecidedAlreadyError(DomainError):
    """Somebody was faster."""

    code = "decided_already"
    sentence = _("This was decided already. Load the page anew.")


def hold_proposal(proposal_id: UUID) -> ProposedAdjustment:
    """A proposal that waits, held until this transaction ends. Raises `DecidedAlreadyError`, `NotFoundError`."""
    proposal = ProposedAdjustment.objects.select_for_update().filter(pk=proposal_id).first()
    if proposal is None:
        raise NotFoundError
    if not proposal.is_waiting:
        raise DecidedAlreadyError
    return proposal


def decide(proposal: ProposedAdjustment, state: ProposalState, *, by: Actor, note: str, now: datetime) -> None:
    """Write down who decided what; for good."""
    proposal.state, proposal.note, proposal.decided_at = state, note, now
    proposal.decided_by_id, proposal.decided_by = by.user_id, by.label[:160]
    proposal.save()
