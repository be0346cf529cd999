"""The words of the ledger as plain values: what an account is, and what a journal looks like before it is posted.

Amounts are signed minor units, debit positive. Django, clocks and I/O stay outside.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from uuid import UUID


class AccountKind(StrEnum):
    """What an account holds. The sign says which side a healthy balance is on: debit positive."""

    CLEARING = "clearing"  # customers' money that the host took in (debit)
    BANK = "bank"  # money on the host's bank account (debit)
    RECEIVABLE = "receivable"  # what a party owes back (debit)
    ADVANCE = "advance"  # paid to a party ahead of its earnings (debit)
    FEES = "fees"  # what banks and gateways kept (debit)
    EXPENSE = "expense"  # other costs (debit)
    PENDING = "pending"  # earned by a party, still inside the hold (credit)
    AVAILABLE = "available"  # earned and payable (credit)
    RESERVE = "reserve"  # kept back for later refunds (credit)
    IN_TRANSIT = "in_transit"  # on its way to a party's bank (credit)
    TAX = "tax"  # withheld or charged for an authority (credit)
    REVENUE = "revenue"  # the organization's own share (credit)
    SUSPENSE = "suspense"  # waiting for an agreement that explains it (credit)
    UNCLAIMED = "unclaimed"  # abandoned property: a party's until somebody claims it, or the law takes it (credit)
    FX_CLEARING = "fx_clearing"  # the bridge between two currencies (either)
    FX_RESULT = "fx_result"  # what exchanging back at another rate cost (debit) or brought (credit)


DEBIT_KINDS = frozenset(
    {
        AccountKind.CLEARING,
        AccountKind.BANK,
        AccountKind.RECEIVABLE,
        AccountKind.ADVANCE,
        AccountKind.FEES,
        AccountKind.EXPENSE,
    }
)


@dataclass(frozen=True, slots=True)
class AccountSpec:
    """What tells an account from every other in its book. `agreement_id` None: the account is book-wide."""

    organization_id: UUID
    agreement_id: UUID | None
    currency: str
    kind: AccountKind


@dataclass(frozen=True, slots=True)
class Leg:
    """One entry to be: `amount_minor` debits the account when positive, credits it when negative; never 0."""

    account_id: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class JournalDraft:
    """A journal before it is posted.

    `key` is unique in the book: posting the same draft again returns the first journal. The journal belongs
    to one agreement, or to the book (`agreement_id` None), and only touches accounts of the same.
    `effective_on` is the local date in the agreement's zone; `occurred_at` the instant of what it records.
    """

    key: str
    kind: str
    agreement_id: UUID | None
    effective_on: date
    occurred_at: datetime
    legs: tuple[Leg, ...]
    reverses_id: UUID | None = None

    def __post_init__(self) -> None:
        if self.occurred_at.tzinfo is None:
            raise ValueError("occurred_at must be aware.")

    def mirrored(self) -> tuple[Leg, ...]:
        """The legs of this draft's exact reversal, in the same order."""
        return tuple(Leg(leg.account_id, -leg.amount_minor) for leg in self.legs)


@dataclass(frozen=True, slots=True)
class LedgerAccount:
    """An account as other parts see it."""

    id: UUID
    book_id: UUID
    organization_id: UUID
    agreement_id: UUID | None
    currency: str
    kind: AccountKind


@dataclass(frozen=True, slots=True)
class AccountBalance:
    """An account with its balance in signed minor units."""

    account: LedgerAccount
    balance_minor: int


@dataclass(frozen=True, slots=True)
class TrialBalance:
    """Every account of a book with its balance, as of one instant (None: now)."""

    lines: tuple[AccountBalance, ...]
    at: datetime | None = None

    def totals(self) -> Mapping[str, int]:
        """The sum for each currency; in a whole book each is 0."""
        sums: defaultdict[str, int] = defaultdict(int)
        for line in self.lines:
            sums[line.account.currency] += line.balance_minor
        return dict(sums)

    @property
    def is_balanced(self) -> bool:
        """Whether every currency sums to zero."""
        return not any(self.totals().values())
