"""Approve what somebody else proposed."""

from datetime import date, datetime
from uuid import UUID

from django.db import connections
from django.db.models import Max, Sum
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from settlements.answers.services.correct_line import correct_line
from settlements.answers.services.hold_dispute import hold_open_dispute
from settlements.domain.restatement_content import RestatementContent
from settlements.events import AdjustmentRecorded
from settlements.ledger.services.open_book import open_book
from settlements.models import (
    AdjustmentKind,
    Period,
    ProposalState,
    ProposedAdjustment,
    Restatement,
)
from settlements.payouts.services.lock_payouts import lock_payouts
from settlements.payouts.services.settle_unclaimed import settle_reclaimed, settle_unclaimed
from settlements.services.find_balances import find_balances
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.hold_proposal import decide, hold_proposal
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments


class ProposedByYouError(DomainError):
    """Four eyes: who proposes does not approve."""

    code = "proposed_by_you"
    status = 403
    sentence = _("You proposed this. Somebody else has to approve it.")


class NothingOwedError(DomainError):
    """More would be written off than is owed."""

    code = "nothing_owed"
    sentence = _("The partner does not owe that much, so it can't be written off.")


def approve_adjustment(*, actor: Actor, proposal_id: UUID, now: datetime) -> UUID:
    """Record what somebody else proposed, in the agreement's present period; the adjustment's id.

    A restatement is issued with it: the next version of its statement, which itself stays as it is. The correction of a
    disputed line ends its dispute. One transaction. Raises `ProposedByYouError`, `DisputeOverError`, `DecidedAlreadyError`, `NothingOwedError`, `NoticeRunningError`, `NoLongerUnclaimedError`, `ReclaimedAlreadyError`, `PeriodsKeepClosingError` (try again),
    `NotFoundError`, `PersonRequiredError`, `SecondFactorRequiredError`.
    """
    actor.require(Permission.ADJUSTMENT_APPROVE)
    actor.require_person()
    with atomic():
        proposal = hold_proposal(proposal_id)
        if actor.user_id is None or actor.user_id == proposal.proposed_by_id:
            raise ProposedByYouError
        dispute = hold_open_dispute(proposal.dispute_id) if proposal.dispute_id else None
        period, adjustment_id = _record(actor, proposal, now)
        proposal.adjustment_id = adjustment_id
        decide(proposal, ProposalState.APPROVED, by=actor, note="", now=now)
        record(actor, "adjustment.approved", proposal, now=now)
        if proposal.kind == AdjustmentKind.RESTATEMENT:
            _issue(proposal, adjustment_id, now)
        if dispute is not None:
            correct_line(
                actor=actor,
                dispute=dispute,
                adjustment_id=adjustment_id,
                difference_minor=proposal.amount_minor,
                note=proposal.reason,
                now=now,
            )
        publish(
            AdjustmentRecorded(
                alliance_id=str(period.alliance_id),
                agreement_id=str(period.agreement_id),
                adjustment_id=str(adjustment_id),
                organization_id=str(proposal.party_id),
            ),
            now=now,
        )
    return adjustment_id


def _record(actor: Actor, proposal: ProposedAdjustment, now: datetime) -> tuple[Period, UUID]:
    host_id, agreement_id = proposal.organization_id, proposal.agreement_id
    if proposal.kind in {AdjustmentKind.ESCHEAT, AdjustmentKind.RECLAIMED}:
        lock_payouts(host_id, agreement_ids=[agreement_id])
    present = hold_present_periods(
        book_id=open_book(alliance_id=proposal.alliance_id, host_id=host_id),
        host_id=host_id,
        alliance_id=proposal.alliance_id,
        agreement_ids=[agreement_id],
        now=now,
    )[agreement_id]
    period = Period.objects.get(pk=present.period_id)
    details = _facts(proposal, present.effective_on, now)
    is_write_off = proposal.kind == AdjustmentKind.WRITE_OFF
    if is_write_off and proposal.amount_minor > find_balances(period).receivable(proposal.party_id):
        raise NothingOwedError
    statement = proposal.statement
    draft = AdjustmentDraft(
        AdjustmentKind(proposal.kind),
        f"proposal:{proposal.id}",
        proposal.party_id,
        proposal.counterparty_id,
        proposal.amount_minor,
        reference=statement.number if statement else str(AdjustmentKind(proposal.kind).value),
        reason=proposal.reason,
        details=details,
        about_period_id=statement.period_id if statement else None,
        accrual_id=proposal.accrual_id,
        answers_id=proposal.answers_id,
    )
    by = f"{proposal.proposed_by}; {actor.label}"[:160]
    recorded = record_adjustments(period=period, effective_on=present.effective_on, drafts=[draft], by=by, now=now)
    return period, recorded[draft.key]


def _facts(proposal: ProposedAdjustment, today: date, now: datetime) -> dict[str, object]:
    """What the line says besides; of unclaimed balances whether it may be recorded at all."""
    if proposal.kind == AdjustmentKind.ESCHEAT:
        return settle_unclaimed(proposal=proposal, today=today, now=now)
    return settle_reclaimed(proposal=proposal) if proposal.kind == AdjustmentKind.RECLAIMED else {}


def _issue(proposal: ProposedAdjustment, adjustment_id: UUID, now: datetime) -> None:
    """The next version of the statement, bound to the one before."""
    statement = proposal.statement
    assert statement is not None  # the table says so of restatements
    with connections[database_alias()].cursor() as cursor:  # versions of one statement follow each other
        cursor.execute("SELECT settlements_lock_calendar(%s)", [proposal.agreement_id])
    before = Restatement.objects.filter(statement_id=statement.id)
    so_far = before.aggregate(version=Max("version"), delta=Sum("delta_minor"))
    latest = before.order_by("-version").first()
    content = RestatementContent(
        statement_number=statement.number,
        version=int(so_far["version"] or 1) + 1,
        currency=statement.currency,
        delta_minor=proposal.amount_minor,
        closing_minor=statement.closing_minor + int(so_far["delta"] or 0) + proposal.amount_minor,
        adjustment_id=adjustment_id,
        previous_sha256=latest.content_sha256 if latest else statement.content_sha256,
        reason=proposal.reason,
    )
    Restatement.objects.create(
        host_id=proposal.organization_id,
        organization_id=proposal.party_id,
        statement_id=statement.id,
        version=content.version,
        adjustment_id=adjustment_id,
        currency=content.currency,
        delta_minor=content.delta_minor,
        closing_minor=content.closing_minor,
        reason=content.reason,
        previous_sha256=content.previous_sha256,
        content_sha256=content.sha256(),
        issued_at=now,
    )
