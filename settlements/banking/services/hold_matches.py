"""Hold proposed matches while they are decided. A step of approving and rejecting."""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from settlements.banking.models import BankMatch, MatchState


class MatchDecidedError(DomainError):
    """Somebody was faster."""

    code = "decided_already"
    sentence = _("This was decided already. Load the page anew.")


def hold_matches(match_ids: Collection[UUID]) -> list[BankMatch]:
    """Matches that wait, held until this transaction ends, payments before returns. Raises `MatchDecidedError`, `NotFoundError`."""
    rows = BankMatch.objects.select_for_update(of=("self",)).select_related("entry").filter(pk__in=set(match_ids))
    found = list(rows.order_by("id"))
    if len(found) != len(set(match_ids)) or not found:
        raise NotFoundError
    if not all(match.is_waiting for match in found):
        raise MatchDecidedError
    return sorted(found, key=lambda match: match.amount_minor > 0)


def decide(match: BankMatch, state: MatchState, *, by: Actor, note: str = "", now: datetime) -> None:
    """Write down who decided what; for good."""
    match.state, match.decision_note, match.decided_at = state, note.strip()[:500], now
    match.decided_by_id, match.decided_by = by.user_id, by.label[:160]
    match.save()
