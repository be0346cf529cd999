"""What other parts may ask of the ledger, inside the scope they have open.

An organization sees its own accounts, the host its whole book. Amounts are signed minor units, debit positive.
"""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import database_alias
from settlements.ledger.domain import AccountBalance, AccountKind, LedgerAccount, TrialBalance
from settlements.ledger.models import Account, Book, LedgerPeriod


@dataclass(frozen=True, slots=True)
class BookBrief:
    """One alliance's book."""

    id: UUID
    alliance_id: UUID
    host_id: UUID


@dataclass(frozen=True, slots=True)
class PeriodBrief:
    """One agreement's days `[starts_on, ends_on)` in the ledger."""

    id: UUID
    book_id: UUID
    agreement_id: UUID
    starts_on: date
    ends_on: date
    is_open: bool


def find_book(*, alliance_id: UUID) -> BookBrief | None:
    """The alliance's book, for its host; None before it is opened and for everybody else."""
    book = Book.objects.filter(alliance_id=alliance_id).first()
    return BookBrief(book.id, book.alliance_id, book.host_id) if book else None


def accounts(
    *, book_id: UUID | None = None, organization_id: UUID | None = None, agreement_id: UUID | None = None
) -> list[LedgerAccount]:
    """The visible accounts that match every given condition, oldest first."""
    given = {"book_id": book_id, "organization_id": organization_id, "agreement_id": agreement_id}
    rows = Account.objects.filter(**{name: value for name, value in given.items() if value}).order_by("id")
    return [
        LedgerAccount(a.id, a.book_id, a.organization_id, a.agreement_id, a.currency, AccountKind(a.kind)) for a in rows
    ]


def balances(
    *,
    book_id: UUID | None = None,
    account_ids: Collection[UUID] | None = None,
    at: datetime | None = None,
    before: date | None = None,
) -> dict[UUID, int]:
    """The balance of each visible account of the book or the list, in minor units; an account that is not visible is absent.

    `at`: of what was posted up to that instant. `before`: of what is effective before that day. One
    index-only sum for each account. An instant is final once every transaction open at it has ended.
    """
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT account_id, balance_minor FROM ledger_balances(%s, %s::uuid[], %s, %s)",
            [book_id, None if account_ids is None else list(account_ids), at, before],
        )
        return dict(cursor.fetchall())


def balance_at(account_id: UUID, at: datetime | None = None) -> int:
    """One account's balance up to the instant `at` (None: now). Raises `NotFoundError` when it is not visible."""
    found = balances(account_ids=[account_id], at=at)
    if account_id not in found:
        raise NotFoundError
    return found[account_id]


def trial_balance(book_id: UUID, at: datetime | None = None) -> TrialBalance:
    """Every visible account of the book with its balance up to `at` (None: now). For the host each currency sums to 0."""
    amounts = balances(book_id=book_id, at=at)
    lines = tuple(AccountBalance(account, amounts.get(account.id, 0)) for account in accounts(book_id=book_id))
    return TrialBalance(lines, at)


def periods_of(*, agreement_id: UUID) -> list[PeriodBrief]:
    """The agreement's ledger periods, earliest first."""
    rows = LedgerPeriod.objects.filter(agreement_id=agreement_id).order_by("starts_on")
    return [PeriodBrief(p.id, p.book_id, p.agreement_id, p.starts_on, p.ends_on, p.is_open) for p in rows]


def period_holding(*, agreement_id: UUID, day: date) -> PeriodBrief | None:
    """The agreement's period that holds `day`, open or closed; None when none was opened."""
    return next((p for p in periods_of(agreement_id=agreement_id) if p.starts_on <= day < p.ends_on), None)
