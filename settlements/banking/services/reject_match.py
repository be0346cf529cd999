"""Decline what somebody takes a bank entry for."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.banking.models import MatchState
from settlements.banking.services.hold_matches import decide, hold_matches


def reject_match(*, actor: Actor, match_id: UUID, note: str, now: datetime) -> None:
    """Decline it, or take one's own back; the entry is open again. Raises `MatchDecidedError`, `NotFoundError`."""
    actor.require(Permission.BANK_RECONCILE)
    with atomic():
        (match,) = hold_matches([match_id])
        decide(match, MatchState.REJECTED, by=actor, note=note, now=now)
        record(actor, "bank_match.rejected", match, now=now, after={"note": match.decision_note})
