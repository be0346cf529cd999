"""Move money between the accounts of parties at a period's end. A step of closing."""

from collections.abc import Sequence
from datetime import timedelta
from uuid import UUID

from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.models import Period
from settlements.services.post_journal import post_journals

Move = tuple[UUID, AccountKind, AccountKind, int]


def move_money(*, period: Period, key: str, moves: Sequence[Move], currency: str | None = None) -> None:
    """A journal `<key>:<period>:<party>` for each party on the period's last day: so much from one account to the other.

    One for each, so that every party may see its own. Less than nothing goes the other way; moves of 0 are passed over.
    The period must be held open. In the period's currency, or another, which stands in the key then.
    """
    moving = [move for move in moves if move[3]]
    if not moving:
        return
    book_id = open_book(alliance_id=period.alliance_id, host_id=period.host_id)

    def spec(party_id: UUID, kind: AccountKind) -> AccountSpec:
        return AccountSpec(party_id, period.agreement_id, currency or period.currency, kind)

    legs = {
        party: ((spec(party, source), amount), (spec(party, target), -amount))
        for party, source, target, amount in moving
    }
    accounts = open_accounts(book_id=book_id, specs=[account for pair in legs.values() for account, _ in pair])
    own = "" if currency in {None, period.currency} else f":{currency}"
    drafts = [
        JournalDraft(
            key=f"{key}:{period.id}:{party}{own}",
            kind=key,
            agreement_id=period.agreement_id,
            effective_on=period.ends_on - timedelta(days=1),
            occurred_at=period.ends_at,
            legs=tuple(Leg(accounts[account], signed) for account, signed in pair),
        )
        for party, pair in legs.items()
    ]
    post_journals(book_id=book_id, drafts=drafts)
