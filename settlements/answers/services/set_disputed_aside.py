"""Set the money of a disputed line aside."""

from datetime import datetime
from fractions import Fraction
from uuid import UUID

from django.db.models import Max

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.money import half_up
from alliance.kernel.tenancy import atomic
from settlements.answers.services.hold_dispute import find_dispute, hold_dispute
from settlements.answers.services.move_disputed import ASIDE, lock_agreement, move_disputed, still_available
from settlements.models import Exchange, LineDispute, Period, PeriodStatus


def set_disputed_aside(*, actor: Actor, dispute_id: UUID, now: datetime) -> int:
    """Move a disputed line's share from available to reserve, as far as it is there; how much is set aside now.

    What was paid already, and what a line takes away, is not there. Of money inside its hold nothing is moved yet: the
    close that makes it available does it. Repeating it is harmless. Raises `NotFoundError`, and `NotPermittedError` for
    anybody but the host.
    """
    with atomic():
        found = find_dispute(dispute_id)
        if found.host_id != actor.organization_id:
            raise NotPermittedError
        lock_agreement(found.agreement_id)
        dispute = hold_dispute(dispute_id)
        if dispute.is_open and dispute.set_aside_minor is None and not _is_pending(dispute):
            set_aside(dispute, now=now)
        return dispute.held_minor


def set_aside(dispute: LineDispute, *, now: datetime, may_be_exchanged: bool = True) -> None:
    """Move what there is, and write down how much it was. Its agreement and the dispute are held.

    Where the close of its statement has exchanged the party's balance, the line's part of that is set aside instead.
    """
    share, currency = max(0, dispute.share_minor), dispute.currency
    exchange = _exchange(dispute) if may_be_exchanged else None
    if exchange is not None:
        share, currency = half_up(Fraction(share * exchange.to_minor, exchange.from_minor)), exchange.to_currency
    amount = min(share, still_available(dispute, currency))
    dispute.set_aside_minor, dispute.set_aside_currency = amount, currency
    move_disputed(dispute, key=ASIDE, amount_minor=amount, now=now)
    dispute.save(update_fields=["set_aside_minor", "set_aside_currency"])


def _exchange(dispute: LineDispute) -> Exchange | None:
    rows = Exchange.objects.filter(organization_id=dispute.organization_id, answers__isnull=True)
    return rows.filter(period_id=dispute.statement.period_id, from_minor__gt=0).first()


def _is_pending(dispute: LineDispute) -> bool:
    """Whether no close has reached the end of its hold yet."""
    if dispute.accrual is None or dispute.accrual.available_on is None:
        return False
    closed = Period.objects.filter(agreement_id=dispute.agreement_id, status=PeriodStatus.CLOSED)
    last_end = closed.aggregate(day=Max("ends_on"))["day"]
    return last_end is None or dispute.accrual.available_on >= last_end
