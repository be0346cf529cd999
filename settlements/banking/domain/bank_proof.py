"""That what the books hold at the bank is what the bank says, line by line. Pure. Amounts are minor units, money in positive."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from uuid import UUID


class WhyApart(StrEnum):
    """Why bank and books differ by a line."""

    OPENING = "opening"  # the first statement began with it: it was there before the books
    MISSING = "missing"  # statements do not meet: entries that no file has brought
    OPEN = "open"  # the bank booked it, and nobody has approved yet what it is
    OUTSIDE = "outside"  # in the books, and booked on a day for which the bank has told no balance
    ON_ITS_WAY = "on_its_way"  # paid by the books, and no entry of the bank is taken for it
    BACK = "back"  # come back by the books, and no entry of the bank is taken for it


@dataclass(frozen=True, slots=True)
class Standing:
    """One account of the host at its bank: what it held at the end of the last statement that says so.

    `first_minor` is the balance with which the first such statement began, `entries_minor` what the known entries of the
    days between come to.
    """

    number: str
    statement_id: UUID
    first_on: date
    ends_on: date
    first_minor: int
    closing_minor: int
    entries_minor: int

    @property
    def masked(self) -> str:
        """What is shown of the account."""
        return f"•••• {self.number[-4:]}"

    @property
    def missing_minor(self) -> int:
        """What the entries would have to come to besides."""
        return self.closing_minor - self.first_minor - self.entries_minor


@dataclass(frozen=True, slots=True)
class ApartLine:
    """By how much the bank has more than the books because of one thing. `pk` names it: an entry, a payout, a statement."""

    why: WhyApart
    amount_minor: int
    on: date
    name: str
    pk: UUID


@dataclass(frozen=True, slots=True)
class HeldAccount:
    """An account of the ledger that stands for money at the bank."""

    id: UUID
    name: str
    balance_minor: int


@dataclass(frozen=True, slots=True)
class BankProof:
    """One alliance's money at the bank in one currency. `lines` are all of them, the oldest first."""

    alliance_id: UUID
    alliance_name: str
    currency: str
    standings: tuple[Standing, ...]
    held: tuple[HeldAccount, ...]
    lines: tuple[ApartLine, ...]

    @property
    def bank_minor(self) -> int:
        """What the bank says it holds."""
        return sum(standing.closing_minor for standing in self.standings)

    @property
    def books_minor(self) -> int:
        """What the books say that it holds."""
        return sum(account.balance_minor for account in self.held)

    @property
    def difference_minor(self) -> int:
        """By how much the bank has more."""
        return self.bank_minor - self.books_minor

    @property
    def explained_minor(self) -> int:
        """What the lines come to."""
        return sum(line.amount_minor for line in self.lines)

    @property
    def unexplained_minor(self) -> int:
        """What nothing explains: 0, or somebody has to look."""
        return self.difference_minor - self.explained_minor


def lines_of_standings(standings: Sequence[Standing]) -> list[ApartLine]:
    """What the accounts held before the books began, and what their statements leave out."""
    found = []
    for standing in standings:
        for why, amount, on in (
            (WhyApart.OPENING, standing.first_minor, standing.first_on),
            (WhyApart.MISSING, standing.missing_minor, standing.ends_on),
        ):
            if amount:
                found.append(ApartLine(why, amount, on, standing.masked, standing.statement_id))
    return found
