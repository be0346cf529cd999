"""A second person looks at an outcome that somebody entered."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.gateways import Report, ReportStatus
from settlements.payouts.models import OutcomeReport, Payout, ReportState, StepKind
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.settle_payout import settle_payout


class ReportedByYouError(DomainError):
    """Four eyes: who enters an outcome does not confirm it."""

    code = "reported_by_you"
    status = 403
    sentence = _("You entered this outcome. Somebody else has to confirm it.")


class ReportDecidedError(DomainError):
    """Somebody was faster."""

    code = "report_decided"
    sentence = _("This was decided already. Load the page anew.")


def decide_report(*, actor: Actor, report_id: UUID, is_confirmed: bool, now: datetime) -> None:
    """Confirm it, and the money moves; or decline it, also one's own, and nothing does.

    Raises `ReportedByYouError`, `ReportDecidedError`, `NotFoundError`, `PersonRequiredError`, `SecondFactorRequiredError`,
    `PayoutAtTheBankError`, `PeriodsKeepClosingError` (both: try again).
    """
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    with atomic():
        found = OutcomeReport.objects.filter(pk=report_id).first()
        if found is None or actor.user_id is None:
            raise NotFoundError
        payout = Payout.objects.select_for_update().get(pk=found.payout_id)
        report = OutcomeReport.objects.select_for_update().get(pk=report_id)
        if report.state != ReportState.WAITING:
            raise ReportDecidedError
        if is_confirmed and actor.user_id == report.reported_by_id:
            raise ReportedByYouError
        report.state = ReportState.CONFIRMED if is_confirmed else ReportState.DECLINED
        report.decided_by_id, report.decided_by, report.decided_at = actor.user_id, actor.label[:160], now
        report.save()
        record(actor, "payout.outcome_decided", payout, now=now, after={"confirmed": is_confirmed})
        if is_confirmed:
            settle_payout(actor=actor, payout_id=payout.id, report=_report(report), now=now)
        else:
            note_step(payout, StepKind.REPORT_DECLINED, now=now)


def _report(report: OutcomeReport) -> Report:
    status = ReportStatus.PAID if report.is_paid else ReportStatus.RETURNED
    return Report(status, bank_reference=report.bank_reference, text=report.reason)
