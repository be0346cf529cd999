"""What settlements' actions in the audit trail mean, and where its objects have their pages."""

from typing import Final

from django.utils.translation import gettext_lazy as _

from alliance.kernel.audit_words import register_audit_words

_ACTIONS: Final = {
    "accruals.rerated": _("Worked out past conversions anew under terms that were signed later"),
    "adjustment.approved": _("Approved an adjustment"),
    "adjustment.proposed": _("Proposed an adjustment"),
    "adjustment.rejected": _("Rejected an adjustment, or took it back"),
    "advance.granted": _("Granted the advances of an agreement"),
    "excess.approved": _("Approved what was earned above a cap"),
    "payout.confirmed": _("A payout was paid"),
    "payout.outcome_decided": _("Decided on the entered outcome of a payout"),
    "payout.outcome_reported": _("Entered the outcome of a payout"),
    "payout.returned": _("A payout came back"),
    "payout_batch.approved": _("Approved a payout batch"),
    "payout_batch.asked_again": _("A lower limit asks for a second approval of a payout batch"),
    "payout_batch.cancelled": _("Cancelled a payout batch"),
    "payout_batch.changed": _("Took payouts out of a batch"),
    "payout_batch.prepared": _("Prepared a payout batch"),
    "payout_batch.sent": _("Sent a payout batch to the bank"),
    "payout_hold.lifted": _("Lifted a hold on payouts"),
    "payout_hold.placed": _("Put payouts to a partner on hold"),
    "payout_limit.set": _("Set above which amount a payout batch needs two approvals"),
    "unclaimed.announced": _("Told a partner that a small balance will be set aside"),
    "unclaimed_rule.set": _("Set what becomes of balances below the threshold"),
    "period.close_requested": _("Asked for a period to be closed"),
    "period.closed": _("Closed a period"),
    "rates.discarded": _("Discarded exchange rates of a file"),
    "rates.read": _("Uploaded a file of exchange rates"),
    "rates.recorded": _("Recorded exchange rates"),
    "tax.certificate_accepted": _("Accepted a tax certificate"),
    "tax.certificate_declined": _("Declined a tax certificate"),
    "tax.certificate_submitted": _("Submitted a tax certificate"),
    "tax.profile_saved": _("Changed the tax settings"),
    "invoice.accepted": _("Accepted an invoice"),
    "invoice.file_made": _("Made the PDF of an invoice"),
    "invoice.issued": _("Issued an invoice"),
    "invoice.objected": _("Objected to an invoice"),
    "invoice.submitted": _("Submitted an own invoice"),
    "revenue.reported": _("Reported the own revenue of a period"),
}
_PAGES: Final = {
    "settlements.proposedadjustment": "portal:proposal",
    "settlements.accrual": "portal:accrual_by_id",
    "settlements.payout": "portal:payout",
    "settlements.payoutbatch": "portal:payout_batch",
    "settlements.period": "portal:period",
    "settlements.rateimport": "portal:rate_import",
    "settlements.taxcertificate": "portal:certificate",
    "settlements.invoice": "portal:invoice",
}


def register() -> None:
    """Called when the app is ready."""
    register_audit_words(_ACTIONS, pages=_PAGES)
