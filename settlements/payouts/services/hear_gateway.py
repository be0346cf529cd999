"""A gateway's message says that something became of an order: look soon."""

from datetime import datetime
from uuid import UUID

from django.db.models import Q
from django.db.models.functions import Now

from alliance.kernel.hints import after_commit_once
from alliance.kernel.tenancy import across_organizations, organization_scope
from settlements.payouts.models import Payout, PayoutState
from settlements.payouts.services.send_batch import SEND_HINT


def hear_gateway(*, key: str, now: datetime) -> bool:
    """Have the payout with this key looked at now; whether there is one. What the message says is not believed, only looked up.

    So doubled, late and disordered messages do no harm. Runs outside any scope.
    """
    try:
        payout_id = UUID(key)
    except ValueError:
        return False
    with across_organizations(reason="a gateway's message names a payout, not its host"):
        host_id = Payout.objects.filter(pk=payout_id).values_list("host_id", flat=True).first()
    if host_id is None:
        return False
    watched = [PayoutState.SENDING, PayoutState.UNKNOWN, PayoutState.ACCEPTED, PayoutState.CONFIRMED]
    with organization_scope(host_id):
        waiting = Payout.objects.filter(Q(look_at__isnull=True) | Q(look_at__gt=Now()), pk=payout_id)
        waiting.filter(state__in=watched).update(look_at=now)
        after_commit_once(SEND_HINT)
    return True
