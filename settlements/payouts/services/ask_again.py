"""Ask for as many approvals of a held batch as the limit wants now, never for fewer. A step of limits and approvals."""

from datetime import datetime

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import PayoutBatch


def ask_again(actor: Actor, batch: PayoutBatch, *, now: datetime) -> None:
    """Raise what a prepared batch needs to what its total needs by the present limit; approvals of its content stand."""
    before, needed = batch.approvals_needed, approvals_needed(batch.total_minor, batch.currency)
    if needed <= before:
        return
    batch.approvals_needed = needed
    batch.save(update_fields=["approvals_needed"])
    said = {"total_minor": batch.total_minor, "currency": batch.currency, "approvals_needed": needed}
    record(actor, "payout_batch.asked_again", batch, now=now, before={"approvals_needed": before}, after=said)
