"""Post what bank entries come to, book-wide: the journals behind an approval."""

from datetime import UTC, date, datetime, time
from types import MappingProxyType
from typing import Final
from uuid import UUID

from settlements.banking.models import BankMatch, MatchKinds
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.ledger.services.reverse_journal import reverse_journal
from settlements.services.post_journal import post_journal

_AGAINST: Final = MappingProxyType(
    {
        MatchKinds.FEE: AccountKind.FEES,
        MatchKinds.CUSTOMERS: AccountKind.CLEARING,
        MatchKinds.SUSPENSE: AccountKind.SUSPENSE,
    }
)


def post_match(match: BankMatch) -> list[UUID]:
    """The whole entry between the bank account and what it is: one journal `bank:<match>`, on the day of booking."""
    kind = MatchKinds(match.kind)
    return [_post(match, f"bank_{kind.value}", _AGAINST[kind], match.amount_minor)]


def post_difference(match: BankMatch) -> list[UUID]:
    """What a fee took beside the payout: one journal `bank:<match>`, none without a difference."""
    if not match.difference_minor:
        return []
    return [_post(match, "bank_difference", AccountKind.FEES, -match.difference_minor)]


def reverse_suspense(match: BankMatch, booked_on: date) -> UUID:
    """Undo what a match in suspense posted: `bank:<match>:explained`."""
    (journal_id,) = match.journal_ids[-1:]
    return reverse_journal(
        journal_id=UUID(journal_id),
        key=f"bank:{match.id}:explained",
        effective_on=booked_on,
        occurred_at=_instant(booked_on),
    )


def _post(match: BankMatch, kind: str, against: AccountKind, amount_minor: int) -> UUID:
    """Money in is a debit of the bank account."""
    host_id = match.organization_id
    book_id = open_book(alliance_id=match.alliance_id, host_id=host_id)
    bank, other = (AccountSpec(host_id, None, match.currency, account) for account in (AccountKind.BANK, against))
    accounts = open_accounts(book_id=book_id, specs=[bank, other])
    day = match.entry.booked_on
    draft = JournalDraft(
        key=f"bank:{match.id}",
        kind=kind,
        agreement_id=None,
        effective_on=day,
        occurred_at=_instant(day),
        legs=(Leg(accounts[bank], amount_minor), Leg(accounts[other], -amount_minor)),
    )
    return post_journal(book_id=book_id, draft=draft)


def _instant(day: date) -> datetime:
    return datetime.combine(day, time.min, tzinfo=UTC)
