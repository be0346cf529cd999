"""Enter what the bank's records say about a payout that people carried out."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.models import OutcomeReport, Payout, PayoutState, ReportState, StepKind
from settlements.payouts.services.note_step import note_step

_REPORTABLE = (PayoutState.ACCEPTED, PayoutState.UNKNOWN, PayoutState.CONFIRMED)


class BankReferenceMissingError(InvalidInputError):
    """Which entry of the bank's records says so."""

    code = "bank_reference_missing"
    sentence = _("Enter the bank's reference, so that a second person finds the entry.")


class ReturnReasonMissingError(InvalidInputError):
    """The partner reads why."""

    code = "return_reason_missing"
    sentence = _("Say why the payment came back: the partner reads it.")


class NothingToReportError(DomainError):
    """The payout is not on its way."""

    code = "nothing_to_report"
    sentence = _("No outcome can be entered for this payout now.")


class ReportedAlreadyError(DomainError):
    """One report at a time."""

    code = "reported_already"
    sentence = _("An outcome was entered already and waits for a second person.")


@dataclass(frozen=True, slots=True)
class Outcome:
    """What somebody read: paid or came back, under which reference of the bank, and why it came back."""

    is_paid: bool
    bank_reference: str
    reason: str = ""


def report_outcome(*, actor: Actor, payout_id: UUID, outcome: Outcome, now: datetime) -> UUID:
    """Enter it; nothing moves before somebody else has confirmed it (`decide_report`). The report's id.

    A paid payout can only come back. Raises `BankReferenceMissingError`, `ReturnReasonMissingError`, `NothingToReportError`,
    `ReportedAlreadyError`, `NotFoundError`, `PersonRequiredError`.
    """
    actor.require(Permission.PAYOUT_PREPARE)
    actor.require_person()
    _check(outcome)
    with atomic():
        payout = Payout.objects.select_for_update().filter(pk=payout_id, host_id=actor.organization_id).first()
        if payout is None or actor.user_id is None:
            raise NotFoundError
        if payout.state not in _REPORTABLE or (payout.state == PayoutState.CONFIRMED and outcome.is_paid):
            raise NothingToReportError
        if OutcomeReport.objects.filter(payout=payout, state=ReportState.WAITING).exists():
            raise ReportedAlreadyError
        report = OutcomeReport.objects.create(
            organization_id=actor.organization_id,
            payout=payout,
            is_paid=outcome.is_paid,
            bank_reference=outcome.bank_reference.strip()[:80],
            reason=outcome.reason.strip()[:200],
            reported_by_id=actor.user_id,
            reported_by=actor.label[:160],
            reported_at=now,
        )
        note_step(payout, StepKind.REPORTED, now=now)
        record(actor, "payout.outcome_reported", payout, now=now, after={"paid": outcome.is_paid})
    return report.id


def _check(outcome: Outcome) -> None:
    if not outcome.bank_reference.strip():
        raise BankReferenceMissingError(field="bank_reference")
    if not outcome.is_paid and not outcome.reason.strip():
        raise ReturnReasonMissingError(field="reason")
