"""The canonical text of journals and seals, and their hashes: what a book's chain is made of.

    fingerprint   sha256 of what the journal's key stands for, in PostgreSQL's binary formats (`ledger_fingerprint`)
    digest        sha256 of the journal's text, the fingerprint and every entry in it
    head          sha256 of the seal's text: the digests of its journals in their order, and the head before

The same texts stand in `settlements/migrations/sql/sealing.sql`, which writes the hashes; a test holds the two
together. Nothing here asks the database: whoever replaced its functions is found out all the same.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from itertools import groupby
from typing import Final, NamedTuple
from uuid import UUID

_NOBODY: Final = UUID(int=0)
_DAY_ZERO: Final = date(2000, 1, 1)
_INSTANT_ZERO: Final = datetime(2000, 1, 1, tzinfo=UTC)
_UUID_TYPE, _BIGINT_TYPE = 2950, 20  # how PostgreSQL numbers its types


class SealedEntry(NamedTuple):
    """One leg, with what its account is."""

    line: int
    account_id: UUID
    organization_id: UUID
    account_kind: str
    currency: str
    amount_minor: int


@dataclass(frozen=True, slots=True)
class JournalContent:
    """Everything that a journal says, its entries in the order of their lines."""

    book_id: UUID
    id: UUID
    key: str
    kind: str
    agreement_id: UUID | None
    effective_on: date
    occurred_at: datetime
    posted_at: datetime
    reverses_id: UUID | None
    fingerprint: bytes
    entries: tuple[SealedEntry, ...]

    def text(self) -> str:
        """The canonical text. The key comes last, so whatever it holds can't be taken for another line."""
        return "\n".join(
            [
                "journal 1",
                f"book {self.book_id}",
                f"id {self.id}",
                f"kind {self.kind}",
                f"agreement {self.agreement_id or '-'}",
                f"effective {self.effective_on.isoformat()}",
                f"occurred {instant_text(self.occurred_at)}",
                f"posted {instant_text(self.posted_at)}",
                f"reverses {self.reverses_id or '-'}",
                f"fingerprint {self.fingerprint.hex()}",
                *(
                    f"entry {e.line} {e.account_id} {e.organization_id} {e.account_kind} {e.currency} {e.amount_minor}"
                    for e in self.entries
                ),
                f"key {self.key}",
            ]
        )

    def digest(self) -> bytes:
        """The hash that the chain is over."""
        return hashlib.sha256(self.text().encode()).digest()

    def fingerprint_again(self) -> bytes:
        """The fingerprint computed from the content, as `ledger_fingerprint` does."""
        parts = (
            (self.agreement_id or _NOBODY).bytes,
            (self.reverses_id or _NOBODY).bytes,
            (self.effective_on - _DAY_ZERO).days.to_bytes(4, "big", signed=True),
            _microseconds(self.occurred_at).to_bytes(8, "big", signed=True),
            _array(_UUID_TYPE, [e.account_id.bytes for e in self.entries]),
            _array(_BIGINT_TYPE, [e.amount_minor.to_bytes(8, "big", signed=True) for e in self.entries]),
            self.kind.encode(),
        )
        return hashlib.sha256(b"".join(parts)).digest()

    def is_balanced(self) -> bool:
        """Whether the entries sum to zero in each currency."""
        by_currency = sorted(self.entries, key=lambda entry: entry.currency)
        groups = groupby(by_currency, key=lambda entry: entry.currency)
        return bool(self.entries) and not any(sum(e.amount_minor for e in group) for _, group in groups)


@dataclass(frozen=True, slots=True)
class SealContent:
    """One link of a book's chain: the journals `[first, last]`, by the numbers they bear in the book.

    `digests_sha256` (hex) is over the journals' digests, one after the other; `previous_head` is empty for the first.
    """

    book_id: UUID
    number: int
    first: int
    last: int
    digests_sha256: str
    sealed_at: datetime
    previous_head: str

    def text(self) -> str:
        """The canonical text."""
        return "\n".join(
            [
                "seal 1",
                f"book {self.book_id}",
                f"number {self.number}",
                f"journals {self.first} {self.last}",
                f"digests {self.digests_sha256}",
                f"sealed {instant_text(self.sealed_at)}",
                f"previous {self.previous_head or '-'}",
            ]
        )

    def head(self) -> str:
        """The head of the chain (hex), once this link is made."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def digests_sha256(digests: Iterable[bytes]) -> str:
    """The hash (hex) over digests in their order."""
    found = hashlib.sha256()
    for digest in digests:
        found.update(digest)
    return found.hexdigest()


def instant_text(instant: datetime) -> str:
    """An instant as every canonical text writes it: UTC, to the microsecond."""
    return instant.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")


def _microseconds(instant: datetime) -> int:
    since = instant - _INSTANT_ZERO
    return (since.days * 86_400 + since.seconds) * 1_000_000 + since.microseconds


def _array(type_number: int, elements: list[bytes]) -> bytes:
    """One dimension, counted from 1, without nulls: as `array_send` writes it."""
    head = [1, 0, type_number, len(elements), 1]
    written = b"".join(number.to_bytes(4, "big", signed=True) for number in head)
    return written + b"".join(len(element).to_bytes(4, "big", signed=True) + element for element in elements)
