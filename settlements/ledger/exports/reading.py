"""Reading a book for an export: accounts with names that every tool accepts, and journals as a stream."""

import re
import unicodedata
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date, datetime
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

from django.db.models import Min

from alliance.kernel.errors import NotFoundError
from partners.selectors import organization_names
from settlements.ledger.domain import AccountKind, LedgerAccount
from settlements.ledger.models import Book, Entry, Journal
from settlements.ledger.selectors import accounts

CHUNK = 2_000
ROOTS: Final = {
    AccountKind.CLEARING: "Assets",
    AccountKind.BANK: "Assets",
    AccountKind.RECEIVABLE: "Assets",
    AccountKind.ADVANCE: "Assets",
    AccountKind.FEES: "Expenses",
    AccountKind.EXPENSE: "Expenses",
    AccountKind.PENDING: "Liabilities",
    AccountKind.AVAILABLE: "Liabilities",
    AccountKind.RESERVE: "Liabilities",
    AccountKind.IN_TRANSIT: "Liabilities",
    AccountKind.TAX: "Liabilities",
    AccountKind.REVENUE: "Income",
    AccountKind.SUSPENSE: "Liabilities",
    AccountKind.UNCLAIMED: "Liabilities",
    AccountKind.FX_CLEARING: "Equity",
    AccountKind.FX_RESULT: "Expenses",
}


class ExportedEntry(NamedTuple):
    """One entry in the order of its journal."""

    account_id: UUID
    amount_minor: int
    currency: str


@dataclass(frozen=True, slots=True)
class ExportedJournal:
    """One journal with its entries."""

    id: UUID
    key: str
    kind: str
    effective_on: date
    occurred_at: datetime
    entries: tuple[ExportedEntry, ...]


@dataclass(frozen=True, slots=True)
class ExportedAccount:
    """One account under its name in the file, like `Liabilities:Pending:North-Fitness-1f2e3d4c:A-9a8b7c6d5e4f:EUR`."""

    name: str
    account: LedgerAccount
    organization_name: str


def _word(text: str) -> str:
    """ASCII letters, digits and hyphens, beginning with a capital or a digit; may be empty."""
    ascii_only = unicodedata.normalize("NFKD", text).encode("ascii", "ignore").decode()
    words = re.sub(r"[^A-Za-z0-9]+", "-", ascii_only).strip("-")[:30].strip("-")
    return words[:1].upper() + words[1:]


def _name(account: LedgerAccount, organization_name: str) -> str:
    kind = "-".join(part.capitalize() for part in account.kind.split("_"))
    tail = account.organization_id.hex[-8:].upper()
    organization = f"{_word(organization_name) or 'Organization'}-{tail}"
    scope = f"A-{account.agreement_id.hex[-12:].upper()}" if account.agreement_id else "Book"
    return ":".join((ROOTS[account.kind], kind, organization, scope, account.currency))


@dataclass
class Directory:
    """The accounts of one book by id. An account opened while the export runs is read when it first appears."""

    book_id: UUID
    known: dict[UUID, ExportedAccount] = field(default_factory=dict)

    def refresh(self) -> list[ExportedAccount]:
        """Read the accounts; those not known before."""
        rows = [account for account in accounts(book_id=self.book_id) if account.id not in self.known]
        names = organization_names(account.organization_id for account in rows)
        used = {exported.name for exported in self.known.values()}
        fresh = []
        for account in rows:
            organization = names.get(account.organization_id, "")
            name = _name(account, organization)
            if name in used:  # two ids with one ending: spell the account out
                name = f"{name}:{account.id.hex.upper()}"
            used.add(name)
            fresh.append(ExportedAccount(name, account, organization))
        self.known |= {exported.account.id: exported for exported in fresh}
        return fresh

    def missing_from(self, journal: ExportedJournal) -> list[ExportedAccount]:
        """Accounts to declare before `journal`: normally none."""
        return self.refresh() if any(e.account_id not in self.known for e in journal.entries) else []

    def name_of(self, account_id: UUID) -> str:
        """The account's name in the file."""
        return self.known[account_id].name


def first_day(book_id: UUID) -> date:
    """The earliest effective day in the book, for accounts to be open on; raises `NotFoundError` without a visible book."""
    if not Book.objects.filter(id=book_id).exists():
        raise NotFoundError
    earliest = Journal.objects.filter(book_id=book_id).aggregate(Min("effective_on"))["effective_on__min"]
    return earliest if isinstance(earliest, date) else date(1970, 1, 1)


def journals(book_id: UUID) -> Iterator[ExportedJournal]:
    """Every journal of the book by effective day, then in the order of posting: one query, one snapshot, flat memory."""
    rows = (
        Entry.objects.filter(journal__book_id=book_id)
        .order_by("journal__effective_on", "journal__posted_at", "journal_id", "line")
        .values_list(
            "journal_id",
            "journal__key",
            "journal__kind",
            "journal__effective_on",
            "journal__occurred_at",
            "account_id",
            "amount_minor",
            "currency",
        )
    )
    for head, group in groupby(rows.iterator(chunk_size=CHUNK), key=lambda row: row[:5]):
        entries = tuple(ExportedEntry(*row[5:]) for row in group)
        journal_id, key, kind, effective_on, occurred_at = head
        yield ExportedJournal(journal_id, key, kind, effective_on, occurred_at, entries)


def one_line(text: str) -> str:
    """`text` without line breaks and other control characters."""
    return "".join(character if character.isprintable() else " " for character in text)
