"""Propose what open bank entries are, as far as they say so themselves."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import hosted_alliances
from settlements.banking.domain.matching import Suggestion
from settlements.banking.matchable import open_entries, suggestions_for
from settlements.banking.models import BankEntry, BankMatch, MatchState
from settlements.banking.services.lock_bank import lock_bank

MOST_ENTRIES: Final = 20_000


def match_entries(
    *, actor: Actor, alliance_id: UUID, prepared_by_id: UUID | None = None, prepared_by: str = "", now: datetime
) -> int:
    """Propose a match for every open entry of the alliance that matching explains; how many. Nothing is posted.

    Whoever asks counts as the one who prepared them (a job says for whom: `prepared_by_id`), so somebody else approves.
    An entry whose match somebody rejected is left to people. Safe to repeat and to race. Raises `NotPermittedError`,
    `NotFoundError`.
    """
    actor.require(Permission.BANK_RECONCILE)
    if not any(a.id == alliance_id and a.host_id == actor.organization_id for a in hosted_alliances()):
        raise NotFoundError
    with atomic():
        lock_bank(alliance_id)
        rejected = BankMatch.objects.filter(state=MatchState.REJECTED, alliance_id=alliance_id).values("entry_id")
        rows = open_entries().filter(alliance_id=alliance_id).exclude(pk__in=rejected)
        entries = list(rows.order_by("-booked_on", "-id")[:MOST_ENTRIES])
        suggestions = suggestions_for(entries, alliance_id=alliance_id, now=now) if entries else {}
        author = (prepared_by_id or actor.user_id, prepared_by or actor.label)
        matches = _matches(entries, suggestions, author=author, now=now)
        BankMatch.objects.bulk_create(matches, batch_size=1_000)
        if matches:
            statement = entries[0].statement
            record(actor, "bank_matches.proposed", statement, now=now, after={"count": len(matches)})
    return len(matches)


def _matches(
    entries: Sequence[BankEntry],
    suggestions: dict[UUID, Suggestion],
    *,
    author: tuple[UUID | None, str],
    now: datetime,
) -> list[BankMatch]:
    found = []
    for entry in entries:
        suggestion = suggestions[entry.pk]
        if suggestion.kind is not None:
            agreement_id, debtor_id = map(UUID, suggestion.debt_id.split(":")) if suggestion.debt_id else (None, None)
            found.append(
                BankMatch(
                    organization_id=entry.organization_id,
                    alliance_id=entry.alliance_id,
                    entry=entry,
                    kind=suggestion.kind.value,
                    basis=suggestion.basis.value,
                    payout_id=UUID(suggestion.payout_id) if suggestion.payout_id else None,
                    agreement_id=agreement_id,
                    debtor_id=debtor_id,
                    currency=entry.currency,
                    amount_minor=entry.amount_minor,
                    difference_minor=suggestion.difference_minor,
                    proposed_by_id=author[0],
                    proposed_by=author[1][:160],
                    proposed_at=now,
                )
            )
    return found
