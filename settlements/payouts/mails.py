"""Mails about payouts: to the host's people that a batch waits or a payment came back, to the partner's what becomes of it."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.money import with_currency
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.messages import leave_message
from partners.selectors import organization_names
from partners.telling import tell_members
from settlements.payouts.events import (
    PayeeTold,
    PayoutBatchPrepared,
    PayoutConfirmed,
    PayoutReturned,
    PayoutSent,
    UnclaimedAnnounced,
)
from settlements.payouts.models import Payout, PayoutBatch, UnclaimedNotice

_TELL: Final = "SELECT settlements_tell_payee(%s, %s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"
_OUTCOMES: Final[Mapping[type[PayoutSent | PayoutConfirmed | PayoutReturned], str]] = {
    PayoutSent: "sent",
    PayoutConfirmed: "confirmed",
    PayoutReturned: "returned",
}


def on_batch_prepared(event: PayoutBatchPrepared, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell those who may approve, unless it was decided meanwhile."""
    batch = PayoutBatch.objects.filter(pk=event.batch_id).first()
    if batch is None or not batch.is_open:
        return
    facts = {
        "organization": organization_names([organization_id]).get(organization_id, ""),
        "person": batch.prepared_by,
        "batch": batch.reference,
        "amount": with_currency(batch.total_minor, batch.currency),
        "count": str(batch.payout_count),
        "link": page_address("payout_batch", batch.id),
    }
    tell_members(template="payout_batch_waits", permission=Permission.PAYOUT_APPROVE, facts=facts, now=now)


def on_payout_returned(event: PayoutReturned, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell those who prepare payouts; the next batch would pay it again, perhaps to the same wrong account."""
    payout = Payout.objects.get(pk=event.payout_id)
    facts = {
        "organization": organization_names([organization_id]).get(organization_id, ""),
        "payout": payout.reference,
        "partner": organization_names([payout.organization_id]).get(payout.organization_id, ""),
        "amount": with_currency(payout.amount_minor, payout.currency),
        "reason": payout.reason_text or payout.reason_code,
        "link": page_address("payout", payout.id),
    }
    tell_members(template="payout_returned", permission=Permission.PAYOUT_PREPARE, facts=facts, now=now)


def tell_payee(
    event: PayoutSent | PayoutConfirmed | PayoutReturned, /, *, organization_id: UUID, now: datetime
) -> None:
    """From the host's scope, let the payee hear what became of the payment."""
    payout = Payout.objects.get(pk=event.payout_id)
    if payout.host_id == organization_id:
        told = PayeeTold(payout_id=event.payout_id, outcome=_OUTCOMES[type(event)])
        leave_message(_TELL, [payout.id, payout.organization_id], told, organization_id=payout.organization_id, now=now)


def on_payee_told(event: PayeeTold, /, *, organization_id: UUID, now: datetime) -> None:
    """Mail the payee's people who answer for its money."""
    payout = Payout.objects.get(pk=event.payout_id, organization_id=organization_id)
    facts = {
        "host": organization_names([payout.host_id]).get(payout.host_id, ""),
        "payout": payout.reference,
        "amount": with_currency(payout.amount_minor, payout.currency),
        "account": payout.account_masked,
        "bank_reference": payout.bank_reference,
        "reason": payout.reason_text or payout.reason_code,
        "link": page_address("payout", payout.id),
    }
    template = f"payee_{event.outcome}"
    tell_members(template=template, permission=Permission.STATEMENT_ANSWER, facts=facts, now=now)


def on_unclaimed_announced(event: UnclaimedAnnounced, /, *, organization_id: UUID, now: datetime) -> None:
    """Mail the partner's people who answer for its money: until when they can still be paid."""
    notice = UnclaimedNotice.objects.select_related("agreement").get(
        pk=event.notice_id, organization_id=organization_id
    )
    facts = {
        "host": organization_names([notice.host_id]).get(notice.host_id, ""),
        "agreement": notice.agreement.name,
        "amount": with_currency(notice.amount_minor, notice.currency),
        "since": notice.waiting_since.isoformat(),
        "day": notice.due_on.isoformat(),
        "link": page_address("balance"),
    }
    tell_members(template="unclaimed_announced", permission=Permission.STATEMENT_ANSWER, facts=facts, now=now)


def register() -> None:
    """Called when the app is ready."""
    for event_class, outcome in _OUTCOMES.items():
        subscribe(event_class, tell_payee, name=f"settlements.tell_payee_{outcome}", queue="mail")
    subscribe(UnclaimedAnnounced, on_unclaimed_announced, name="settlements.mail_unclaimed", queue="mail")
    subscribe(PayeeTold, on_payee_told, name="settlements.mail_payee", queue="mail")
    subscribe(PayoutBatchPrepared, on_batch_prepared, name="settlements.mail_batch_prepared", queue="mail")
    subscribe(PayoutReturned, on_payout_returned, name="settlements.mail_payout_returned", queue="mail")
