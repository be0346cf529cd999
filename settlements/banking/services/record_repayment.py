"""Take what a partner paid back off its debt. A step of approving."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError
from alliance.kernel.events import publish
from settlements.banking.models import BankMatch
from settlements.events import AdjustmentRecorded
from settlements.ledger.services.open_book import open_book
from settlements.models import AdjustmentKind, Journal, Period
from settlements.services.find_balances import find_balances
from settlements.services.hold_present_periods import hold_present_periods
from settlements.services.record_adjustments import AdjustmentDraft, record_adjustments


class DebtSmallerError(DomainError):
    """Earnings, a write-off or another repayment were faster."""

    code = "debt_smaller"
    sentence = _("The partner does not owe that much any more. Reject the match and look at both.")


def record_repayment(match: BankMatch, *, by: str, now: datetime) -> list[UUID]:
    """Record it in the agreement's present period, on the partner's statement: bank against receivable; the journal's id.

    Raises `DebtSmallerError`, `PeriodsKeepClosingError` (try again).
    """
    agreement_id, debtor_id = match.agreement_id, match.debtor_id
    assert agreement_id is not None  # the table says so of repayments
    assert debtor_id is not None
    entry, host_id = match.entry, match.organization_id
    present = hold_present_periods(
        book_id=open_book(alliance_id=match.alliance_id, host_id=host_id),
        host_id=host_id,
        alliance_id=match.alliance_id,
        agreement_ids=[agreement_id],
        now=now,
    )[agreement_id]
    period = Period.objects.get(pk=present.period_id)
    if find_balances(period, currency=match.currency).receivable(debtor_id) < match.amount_minor:
        raise DebtSmallerError
    draft = AdjustmentDraft(
        AdjustmentKind.REPAYMENT,
        f"repayment:{match.id}",
        debtor_id,
        None,
        match.amount_minor,
        reference=(entry.bank_reference or entry.end_to_end_id or entry.booked_on.isoformat())[:80],
        reason=match.note,
        details={"match": str(match.id), "booked_on": entry.booked_on.isoformat()},
    )
    recorded = record_adjustments(period=period, effective_on=present.effective_on, drafts=[draft], by=by, now=now)
    adjustment_id = recorded[draft.key]
    publish(
        AdjustmentRecorded(
            alliance_id=str(match.alliance_id),
            agreement_id=str(agreement_id),
            adjustment_id=str(adjustment_id),
            organization_id=str(debtor_id),
        ),
        now=now,
    )
    return list(Journal.objects.filter(key=f"adjustment:{adjustment_id}").values_list("pk", flat=True))
