"""Mails about payouts to the host's people: a batch waits for them, a payment came back."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.money import format_minor
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.selectors import organization_names
from partners.telling import tell_members
from settlements.payouts.events import PayoutBatchPrepared, PayoutReturned
from settlements.payouts.models import Payout, PayoutBatch


def on_batch_prepared(event: PayoutBatchPrepared, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell those who may approve, unless it was decided meanwhile."""
    batch = PayoutBatch.objects.filter(pk=event.batch_id).first()
    if batch is None or not batch.is_open:
        return
    facts = {
        "organization": organization_names([organization_id]).get(organization_id, ""),
        "person": batch.prepared_by,
        "batch": batch.reference,
        "amount": f"{format_minor(batch.total_minor, batch.currency)} {batch.currency}",
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
        "amount": f"{format_minor(payout.amount_minor, payout.currency)} {payout.currency}",
        "reason": payout.reason_text or payout.reason_code,
        "link": page_address("payout", payout.id),
    }
    tell_members(template="payout_returned", permission=Permission.PAYOUT_PREPARE, facts=facts, now=now)


def register() -> None:
    """Called when the app is ready."""
    subscribe(PayoutBatchPrepared, on_batch_prepared, name="settlements.mail_batch_prepared", queue="mail")
    subscribe(PayoutReturned, on_payout_returned, name="settlements.mail_payout_returned", queue="mail")
