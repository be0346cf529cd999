"""Set aside what becomes available with a period and is disputed. A step of closing."""

from datetime import datetime

from django.db.models import Q

from settlements.answers.services.set_disputed_aside import set_aside
from settlements.models import DisputeState, LineDispute, Period


def set_due_disputes_aside(*, period: Period, now: datetime) -> None:
    """Of each open dispute whose money was pending until now. The agreement is held, its pending money released.

    What it sets aside is in the agreement's currency: it is not exchanged until it is released.
    """
    held = LineDispute.objects.select_for_update(of=("self",)).select_related("statement", "accrual")
    waiting = held.filter(agreement_id=period.agreement_id, state=DisputeState.OPEN, set_aside_minor__isnull=True)
    due = waiting.filter(Q(accrual__available_on__isnull=True) | Q(accrual__available_on__lt=period.ends_on))
    for dispute in due.order_by("opened_at", "id"):
        set_aside(dispute, now=now, may_be_exchanged=False)
