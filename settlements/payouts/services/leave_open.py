"""Nothing certain is known of a payout yet: look again later."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.tenancy import atomic
from settlements.payouts.models import Payout, PayoutState, StepKind
from settlements.payouts.services.note_step import note_step
from settlements.payouts.services.settle_payout import pause


def leave_open(*, payout_id: UUID, token: UUID, now: datetime, detail: str = "") -> None:
    """End the lease of `token`; from being sent it becomes unknown, anything else stays what it is. Nothing moves."""
    with atomic():
        payout = Payout.objects.select_for_update().filter(pk=payout_id, lease_token=token).first()
        if payout is None:
            return
        if payout.state == PayoutState.SENDING:
            payout.state = PayoutState.UNKNOWN
            note_step(payout, StepKind.UNKNOWN, now=now, detail=detail)
        payout.look_at, payout.lease_token, payout.lease_until = now + pause(payout.tries), None, None
        payout.save()
