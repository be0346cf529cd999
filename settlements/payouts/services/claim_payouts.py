"""Take payouts that are due to be sent or looked up, each under a lease that only its taker can end."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import F, Q, QuerySet
from django.db.models.functions import Now

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.selectors import inactive_among
from settlements.payouts.models import Payout, PayoutState, StepKind
from settlements.payouts.services.note_step import note_step

_NEVER_ACKNOWLEDGED: Final = frozenset({PayoutState.RESERVED, PayoutState.SENDING, PayoutState.UNKNOWN})
LEASE: Final = timedelta(seconds=30)  # longer than a gateway may take to answer


@dataclass(frozen=True, slots=True)
class Claim:
    """One payout to work on.

    `is_first`: it was never handed to the gateway; else what became of it is looked up first. `may_be_sent`: the gateway never
    said that it has it. Once it did, the payout is only ever looked up, even if the gateway should forget it.
    """

    token: UUID
    payout_id: UUID
    host_id: UUID
    gateway: str
    is_first: bool
    may_be_sent: bool


def claim_payouts(*, most: int, now: datetime, host_id: UUID | None = None) -> list[Claim]:
    """Claim up to `most` payouts that are due, those waiting longest first. Nobody else works on them for the lease.

    A payment is marked as being sent before it is sent: whoever dies in between leaves one that is looked up, not one that is
    sent blindly. Nothing new is sent for a host that is suspended. Of every host, or of the one named. Runs outside any scope.
    """
    claims = [_claim(payout_id, owner_id, now) for payout_id, owner_id in _waiting(most, host_id)]
    return [claim for claim in claims if claim is not None]


def _waiting(most: int, host_id: UUID | None) -> list[tuple[UUID, UUID]]:
    if host_id is not None:
        with organization_scope(host_id):
            return list(_due().filter(host_id=host_id).order_by("look_at").values_list("id", "host_id")[:most])
    with across_organizations(reason="payouts of every host wait in one line"):
        return list(_due().order_by("look_at").values_list("id", "host_id")[:most])


def _due() -> QuerySet[Payout]:
    free = Q(lease_until__isnull=True) | Q(lease_until__lte=Now())
    return Payout.objects.filter(free, look_at__lte=Now())


def _claim(payout_id: UUID, host_id: UUID, now: datetime) -> Claim | None:
    with organization_scope(host_id):
        payout = _due().select_for_update(skip_locked=True).filter(pk=payout_id).first()
        if payout is None:
            return None
        is_first, token = payout.state == PayoutState.RESERVED, new_id()
        if is_first and inactive_among([host_id]):
            return None
        Payout.objects.filter(pk=payout_id).update(
            state=PayoutState.SENDING if is_first else payout.state,
            sent_at=now if is_first else payout.sent_at,
            tries=F("tries") + 1,
            lease_until=Now() + LEASE,
            lease_token=token,
        )
        if is_first:
            note_step(payout, StepKind.SENT, now=now)
    return Claim(token, payout_id, host_id, payout.gateway, is_first, may_be_sent=payout.state in _NEVER_ACKNOWLEDGED)
