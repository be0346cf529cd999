"""Nothing certain is known of a payout yet: look again later."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.tenancy import atomic
from settlements.payouts.models import Payout, PayoutState, StepKind
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.settle_payout import next_watch, pause


def leave_open(*, payout_id: UUID, token: UUID, now: datetime, detail: str = "", is_forgotten: bool = False) -> None:
    """End the lease of `token`; from being sent it becomes unknown, anything else stays what it is. Nothing moves.

    That the gateway has forgotten it (`is_forgotten`) is told once, so that people look into the bank's records.
    """
    with atomic():
        payout = Payout.objects.select_for_update().filter(pk=payout_id, lease_token=token).first()
        if payout is None:
            return
        if payout.state == PayoutState.SENDING:
            payout.state = PayoutState.UNKNOWN
            note_step(payout, StepKind.UNKNOWN, now=now, detail=detail)
        if is_forgotten and not payout.steps.filter(kind=StepKind.FORGOTTEN).exists():
            note_step(payout, StepKind.FORGOTTEN, now=now)
        is_paid = payout.state == PayoutState.CONFIRMED
        payout.look_at = next_watch(payout, now) if is_paid else now + pause(payout.tries)
        payout.lease_token = payout.lease_until = None
        payout.save()
