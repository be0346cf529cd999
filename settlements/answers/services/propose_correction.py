"""Propose what a disputed line should have come to."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.answers.services.hold_dispute import hold_open_dispute
from settlements.answers.services.let_line_stand import AnswerMissingError
from settlements.models import AdjustmentKind, LineDispute, ProposalState, ProposedAdjustment


class NothingCorrectedError(InvalidInputError):
    """The corrected amount is what the line says."""

    code = "nothing_corrected"
    sentence = _("That is what the line says already. Let it stand instead.")


class CorrectionWaitsError(DomainError):
    """Somebody has proposed a correction of this line already."""

    code = "correction_waits"
    sentence = _("A correction of this line waits for approval already.")


def propose_correction(*, actor: Actor, dispute_id: UUID, corrected_minor: int, note: str, now: datetime) -> UUID:
    """Ask another person of the host to approve that the line comes to `corrected_minor`; the proposal's id.

    0 reverses the line. Approved, the difference is adjusted in the present period and the dispute is over; until then it
    stays open. Raises `DisputeOverError`, `AnswerMissingError`, `NothingCorrectedError`, `CorrectionWaitsError`,
    `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.ADJUSTMENT_PROPOSE)
    if not note.strip():
        raise AnswerMissingError(field="note")
    with atomic():
        dispute = hold_open_dispute(dispute_id)
        if dispute.host_id != actor.organization_id:
            raise NotPermittedError
        if corrected_minor == dispute.share_minor:
            raise NothingCorrectedError(field="corrected")
        if ProposedAdjustment.objects.filter(dispute_id=dispute.id, state=ProposalState.WAITING).exists():
            raise CorrectionWaitsError
        proposal = _propose(actor, dispute, corrected_minor, note.strip(), now)
    return proposal.id


def _propose(actor: Actor, dispute: LineDispute, corrected_minor: int, note: str, now: datetime) -> ProposedAdjustment:
    proposal = ProposedAdjustment.objects.create(
        organization_id=actor.organization_id,
        alliance_id=dispute.statement.alliance_id,
        agreement_id=dispute.agreement_id,
        kind=AdjustmentKind.CORRECTION,
        party_id=dispute.organization_id,
        counterparty_id=dispute.host_id,
        statement_id=dispute.statement_id,
        accrual_id=dispute.accrual_id,
        dispute_id=dispute.id,
        currency=dispute.currency,
        amount_minor=corrected_minor - dispute.share_minor,
        reason=note,
        proposed_by_id=actor.user_id,
        proposed_by=actor.label[:160],
        proposed_at=now,
    )
    after = {"kind": proposal.kind, "amount_minor": proposal.amount_minor, "currency": proposal.currency}
    record(actor, "adjustment.proposed", proposal, now=now, after=after)
    return proposal
