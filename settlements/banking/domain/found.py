"""What a bank's file says, before anything is stored. Amounts are minor units; money that came in is positive."""

import hashlib
import json
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Final

LONGEST_REFERENCE: Final = 80
LONGEST_NUMBER: Final = 40
LONGEST_NAME: Final = 160
LONGEST_TEXT: Final = 500
MOST_ENTRIES: Final = 200_000  # of one file
_NOT_GIVEN: Final = frozenset({"", "NOTPROVIDED", "NONREF", "NOTAVAILABLE"})


@dataclass(frozen=True, slots=True)
class FoundEntry:
    """One movement that the bank has booked.

    `bank_reference` is the bank's own, when it gives one. `number` is the other side's account, empty when not told;
    `return_reason` the code with which money came back (`AC04`); `is_charge`: the bank took it for itself. `line` is
    where it stands in the file.
    """

    line: int
    booked_on: date
    valued_on: date
    currency: str
    amount_minor: int
    bank_reference: str = ""
    end_to_end_id: str = ""
    name: str = ""
    number: str = ""
    text: str = ""
    return_reason: str = ""
    is_return: bool = False
    is_charge: bool = False

    def __repr__(self) -> str:
        return f"FoundEntry(line {self.line}, {self.booked_on}, {self.amount_minor} {self.currency})"

    def tidied(self) -> "FoundEntry":
        """With texts of the length that is kept, and without the words that say that a reference is missing."""
        return replace(
            self,
            bank_reference=_given(self.bank_reference),
            end_to_end_id=_given(self.end_to_end_id),
            name=" ".join(self.name.split())[:LONGEST_NAME],
            number="".join(self.number.split()).upper(),
            text=" ".join(self.text.split())[:LONGEST_TEXT],
        )

    def content(self) -> str:
        """What tells it from another movement, as one line; not the number, which must not be found out from a hash of this."""
        facts = (
            self.booked_on.isoformat(),
            self.valued_on.isoformat(),
            self.currency,
            self.amount_minor,
            self.bank_reference,
            self.end_to_end_id,
            self.name,
            self.text,
            self.return_reason,
        )
        return json.dumps(facts, ensure_ascii=False)


@dataclass(frozen=True, slots=True)
class FoundStatement:
    """One statement of one account. `reference` is the bank's id of it; balances are None where the file tells none."""

    line: int
    reference: str
    number: str
    currency: str
    starts_on: date
    ends_on: date
    opening_minor: int | None
    closing_minor: int | None
    entries: tuple[FoundEntry, ...]
    skipped: int = 0  # movements that the bank has announced but not booked

    def __repr__(self) -> str:
        return f"FoundStatement({self.reference!r}, {len(self.entries)} entries)"

    @property
    def account(self) -> str:
        """Which account it is of: the number and the currency."""
        return f"{self.number} {self.currency}"

    @property
    def total_minor(self) -> int:
        """By how much the entries changed the account."""
        return sum(entry.amount_minor for entry in self.entries)

    @property
    def adds_up(self) -> bool:
        """Whether the entries lead from the opening to the closing balance, as far as the file tells both."""
        if self.opening_minor is None or self.closing_minor is None:
            return True
        return self.opening_minor + self.total_minor == self.closing_minor

    def content_sha256(self) -> str:
        """The hash of all it says, by which the same statement in another file is known."""
        head = (self.reference, self.number, self.currency, self.starts_on.isoformat(), self.ends_on.isoformat())
        balances = (self.opening_minor, self.closing_minor)
        lines = [json.dumps([*head, *balances], ensure_ascii=False), *(entry.content() for entry in self.entries)]
        return hashlib.sha256("\n".join(lines).encode()).hexdigest()


def _given(reference: str) -> str:
    plain = " ".join(reference.split())[:LONGEST_REFERENCE]
    return "" if plain.upper() in _NOT_GIVEN else plain


def entry_keys(account: str, entries: Sequence[FoundEntry]) -> list[str]:
    """A key for each entry of an account, which the same entry gets again in any other file that has it.

    By the bank's reference where it gives one (with day, amount and end-to-end id: a batch shares its reference), else by
    all the entry says. Entries that say the very same are counted by day, so files that overlap must hold whole days.
    """
    seen: Counter[str] = Counter()
    keys = []
    for content in (_identity(entry) for entry in entries):
        seen[content] += 1
        keys.append(hashlib.sha256(f"{account}|{content}#{seen[content]}".encode()).hexdigest())
    return keys


def _identity(entry: FoundEntry) -> str:
    if not entry.bank_reference:
        return entry.content()
    facts = (entry.booked_on.isoformat(), entry.currency, entry.amount_minor, entry.end_to_end_id, entry.bank_reference)
    return json.dumps(facts, ensure_ascii=False)


def days_of(entries: Iterable[FoundEntry]) -> tuple[date, date]:
    """The first and the last day of booking."""
    days = [entry.booked_on for entry in entries]
    return min(days), max(days)
