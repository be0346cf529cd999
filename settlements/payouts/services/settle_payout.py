"""Write down what became of a payout, and move its money accordingly."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models.functions import Now
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.events import PayoutConfirmed, PayoutReturned, PayoutSent
from settlements.payouts.gateways import Report, ReportStatus, gateway_named
from settlements.payouts.models import (
    IN_TRANSIT_STATES,
    BatchState,
    Payout,
    PayoutBatch,
    PayoutState,
    StepKind,
)
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.post_payout_journals import Movement, post_payout_journals

WATCHED: Final = timedelta(days=10)  # banks return payments within days
_EACH_DAY: Final = timedelta(days=1)
_SOON: Final = timedelta(seconds=20)
_LATEST: Final = timedelta(hours=1)
_DOUBLED: Final = 12
_CAME_BACK: Final = frozenset({ReportStatus.REJECTED, ReportStatus.RETURNED})
_UNDER_WAY: Final = frozenset({PayoutState.SENDING, PayoutState.UNKNOWN, PayoutState.ACCEPTED})


class PayoutAtTheBankError(DomainError):
    """A worker holds it: it may be sent this very moment, so nobody may say now that it came back."""

    code = "payout_at_the_bank"
    sentence = _("This payout is being looked up at the bank right now. Try again in a minute.")


def settle_payout(
    *, actor: Actor, payout_id: UUID, report: Report, now: datetime, token: UUID | None = None
) -> PayoutState:
    """Take a report over: accepted, paid, rejected or returned. Returns the state that the payout is in then.

    Saying the same again, in any order with what came before, changes nothing: a payout that is paid is only ever returned, one
    that came back stays so. With a worker's `token` nothing happens once its lease is another's; without one nothing comes back
    before it arrived while a worker holds it. Raises `NotFoundError`, `PayoutAtTheBankError`, `PeriodsKeepClosingError` (both: try again).
    """
    actor.require(Permission.PAYOUT_APPROVE)
    with atomic():
        payout = Payout.objects.select_for_update().filter(pk=payout_id, host_id=actor.organization_id).first()
        if payout is None:
            raise NotFoundError
        if token is not None and payout.lease_token != token:
            return PayoutState(payout.state)
        if token is None and report.status in _CAME_BACK and _is_held(payout):
            raise PayoutAtTheBankError
        _apply(actor, payout, report, now)
        payout.lease_token = payout.lease_until = None
        payout.save()
        _finish_batch(payout, now)
    return PayoutState(payout.state)


def _is_held(payout: Payout) -> bool:
    """Whether a worker may be sending it at this moment."""
    return payout.state in _UNDER_WAY and Payout.objects.filter(pk=payout.pk, lease_until__gt=Now()).exists()


def _apply(actor: Actor, payout: Payout, report: Report, now: datetime) -> None:
    payout.gateway_reference = report.gateway_reference[:80] or payout.gateway_reference
    payout.bank_reference = report.bank_reference[:80] or payout.bank_reference
    is_under_way, is_paid = payout.state in _UNDER_WAY, payout.state == PayoutState.CONFIRMED
    if report.status is ReportStatus.ACCEPTED and is_under_way:
        _accept(payout, now)
    elif report.status is ReportStatus.PAID and is_under_way:
        _confirm(actor, payout, now)
    elif report.status in _CAME_BACK and (is_under_way or is_paid):
        _return(actor, payout, report, now)
    else:
        payout.look_at = next_watch(payout, now) if is_paid else None


def _accept(payout: Payout, now: datetime) -> None:
    gateway = gateway_named(payout.gateway)
    if payout.state != PayoutState.ACCEPTED:
        payout.state = PayoutState.ACCEPTED
        note_step(payout, StepKind.ACCEPTED, now=now, detail=payout.gateway_reference)
        publish(PayoutSent(payout_id=str(payout.id), organization_id=str(payout.organization_id)), now=now)
    is_by_hand = gateway is not None and gateway.is_by_hand
    payout.look_at = None if is_by_hand else now + pause(payout.tries)


def _confirm(actor: Actor, payout: Payout, now: datetime) -> None:
    journal_ids = post_payout_journals(payout, Movement.CONFIRMED, now=now)
    payout.state, payout.confirmed_at = PayoutState.CONFIRMED, now
    payout.look_at = next_watch(payout, now)
    note_step(payout, StepKind.CONFIRMED, now=now, detail=payout.bank_reference, journal_ids=journal_ids)
    record(actor, "payout.confirmed", payout, now=now, after={"bank_reference": payout.bank_reference})
    publish(PayoutConfirmed(payout_id=str(payout.id), organization_id=str(payout.organization_id)), now=now)


def _return(actor: Actor, payout: Payout, report: Report, now: datetime) -> None:
    """The money is available again, and the next batch pays it once more under another key."""
    movement = Movement.CAME_BACK if payout.state == PayoutState.CONFIRMED else Movement.RETURNED
    journal_ids = post_payout_journals(payout, movement, now=now)
    payout.state, payout.returned_at, payout.look_at = PayoutState.RETURNED, now, None
    payout.reason_code, payout.reason_text = report.code[:40], report.text[:200]
    kind = StepKind.REJECTED if report.status is ReportStatus.REJECTED else StepKind.RETURNED
    note_step(payout, kind, now=now, detail=report.text or report.code, journal_ids=journal_ids)
    record(actor, "payout.returned", payout, now=now, after={"code": payout.reason_code, "text": payout.reason_text})
    publish(PayoutReturned(payout_id=str(payout.id), organization_id=str(payout.organization_id)), now=now)


def next_watch(payout: Payout, now: datetime) -> datetime | None:
    """When to look again whether the bank returned it; by hand, people see it in the bank's records."""
    gateway = gateway_named(payout.gateway)
    if gateway is None or gateway.is_by_hand or payout.confirmed_at is None or now > payout.confirmed_at + WATCHED:
        return None
    return now + _EACH_DAY


def pause(tries: int) -> timedelta:
    """How long to wait before the next look: twice as long each time, an hour at most."""
    wait: timedelta = _SOON * 2 ** max(0, min(tries, _DOUBLED) - 1)
    return min(wait, _LATEST)


def _finish_batch(payout: Payout, now: datetime) -> None:
    """The batch is finished when none of its money is in transit."""
    if payout.is_in_transit:
        return
    batch = PayoutBatch.objects.select_for_update().get(pk=payout.batch_id)
    if batch.state == BatchState.SENT and not batch.payouts.filter(state__in=IN_TRANSIT_STATES).exists():
        batch.state, batch.finished_at = BatchState.FINISHED, now
        batch.save(update_fields=["state", "finished_at"])
