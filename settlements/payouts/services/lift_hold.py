"""Let payouts to a partner go again."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.payouts.models import PayoutHold
from settlements.payouts.services.lock_payouts import lock_payouts


class HoldLiftedError(DomainError):
    """Somebody was faster."""

    code = "hold_lifted"
    sentence = _("This hold was lifted already.")


def lift_hold(*, actor: Actor, hold_id: UUID, now: datetime) -> None:
    """End the hold; the next batch pays what has gathered. Raises `HoldLiftedError`, `NotFoundError`."""
    actor.require(Permission.PAYOUT_APPROVE)
    with atomic():
        lock_payouts(actor.organization_id)
        hold = PayoutHold.objects.select_for_update().filter(pk=hold_id, host_id=actor.organization_id).first()
        if hold is None:
            raise NotFoundError
        if hold.lifted_at is not None:
            raise HoldLiftedError
        hold.lifted_at, hold.lifted_by = now, actor.label[:160]
        hold.save(update_fields=["lifted_at", "lifted_by"])
        record(actor, "payout_hold.lifted", hold, now=now)
