"""Recompute a book's chain and hold it against what is stored, and against heads that were printed elsewhere."""

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from uuid import UUID

from settlements.ledger.models import Book
from settlements.models.statements import Statement
from settlements.proof.domain.chain import SealContent, digests_sha256
from settlements.proof.models import Seal, SealedJournal
from settlements.proof.reading import StoredJournal, sealed_journals, unsealed_journals


class Fault(StrEnum):
    """What is wrong first."""

    JOURNAL_MISSING = "journal_missing"  # it was sealed and is gone
    CONTENT_CHANGED = "content_changed"  # its fingerprint does not come of its content
    JOURNAL_CHANGED = "journal_changed"  # the fingerprint fits, and yet it is not what was sealed
    ENTRIES_DISAGREE = "entries_disagree"  # its entries are not its own, or an account is gone
    UNBALANCED = "unbalanced"
    SEAL_CHANGED = "seal_changed"  # a link does not come of its journals and the link before
    SEAL_MISSING = "seal_missing"  # numbers of links or journals leave a gap
    HEAD_DIFFERS = "head_differs"  # a printed head is not the one of this chain
    TAIL_MISSING = "tail_missing"  # a printed head has a number that the chain does not reach


@dataclass(frozen=True, slots=True)
class Anchor:
    """A head that was printed when the chain had `number` links. `printed_on` says where, for people."""

    number: int
    head: str
    printed_on: str


@dataclass(frozen=True, slots=True)
class Finding:
    """The first thing that is wrong. `journal` for what stands at one; `number` counts journals, `seal_number` links."""

    fault: Fault
    seal_number: int
    number: int = 0
    journal_id: UUID | None = None
    key: str = ""
    anchor: Anchor | None = None


@dataclass(frozen=True, slots=True)
class Verdict:
    """What was found in one book. `finding` is empty when all is as it was sealed."""

    book_id: UUID
    journal_count: int
    seal_count: int
    head: str
    unsealed_count: int
    oldest_unsealed: datetime | None
    finding: Finding | None

    @property
    def is_same(self) -> bool:
        """Whether everything recomputes."""
        return self.finding is None


def printed_heads(book: Book) -> list[Anchor]:
    """The heads that the statements of the book's alliance bear, each with the first statement that bears it."""
    rows = Statement.objects.filter(alliance_id=book.alliance_id, chain_number__gt=0)
    found: dict[tuple[int, str], Anchor] = {}
    for chain_number, head, number in rows.order_by("closed_at", "number").values_list(
        "chain_number", "chain_head", "number"
    ):
        found.setdefault((chain_number, head), Anchor(chain_number, head, number))
    return list(found.values())


def verify_book(book: Book, *, anchors: Iterable[Anchor] = ()) -> Verdict:
    """Recompute every fingerprint and every link of the book, and look for the heads in it. Memory stays flat.

    Call inside a transaction that sees one state (`REPEATABLE READ`), else a seal made meanwhile may look like a gap.
    """
    seals = list(Seal.objects.filter(book_id=book.id).order_by("number"))
    finding = _first(_links(book, seals)) or _first(_anchored(seals, anchors))
    waiting, oldest, unsealed = 0, None, None
    for stored in unsealed_journals(book.id):
        waiting += 1
        if stored.content is not None:
            oldest = oldest or stored.content.posted_at
        unsealed = unsealed or fault_of(stored)
        if unsealed is not None and finding is None:
            finding = _at(unsealed, len(seals) + 1, stored)
    return Verdict(
        book.id, seals[-1].last if seals else 0, len(seals), seals[-1].head if seals else "", waiting, oldest, finding
    )


def verify_link(seal: Seal, previous: Seal | None) -> Finding | None:
    """What is wrong with one link and the journals in it, or nothing."""
    last = previous.last if previous else 0
    if seal.first != last + 1 or (previous is not None and seal.number != previous.number + 1):
        return Finding(Fault.SEAL_MISSING, seal.number, last + 1)
    digests: list[bytes] = []
    for stored in sealed_journals(seal.book_id, seal.first, seal.last):
        if stored.number != seal.first + len(digests):
            return Finding(Fault.SEAL_CHANGED, seal.number, seal.first + len(digests))
        if (fault := fault_of(stored)) is not None:
            return _at(fault, seal.number, stored)
        digests.append(stored.digest)
    content = SealContent(
        book_id=seal.book_id,
        number=seal.number,
        first=seal.first,
        last=seal.last,
        digests_sha256=digests_sha256(digests),
        sealed_at=seal.sealed_at,
        previous_head=previous.head if previous else "",
    )
    is_whole = len(digests) == seal.journal_count and seal.previous_head == content.previous_head
    return None if is_whole and content.head() == seal.head else Finding(Fault.SEAL_CHANGED, seal.number)


def fault_of(stored: StoredJournal) -> Fault | None:
    """What is wrong with one journal: against itself, and against its seal where it has one."""
    content = stored.content
    if content is None:
        return Fault.JOURNAL_MISSING
    if not stored.entries_agree:
        return Fault.ENTRIES_DISAGREE
    if content.fingerprint_again() != content.fingerprint:
        return Fault.CONTENT_CHANGED
    if not content.is_balanced():
        return Fault.UNBALANCED
    return Fault.JOURNAL_CHANGED if stored.number and content.digest() != stored.digest else None


def _links(book: Book, seals: Sequence[Seal]) -> Iterator[Finding | None]:
    previous: Seal | None = None
    for expected, seal in enumerate(seals, 1):
        if seal.number != expected:
            yield Finding(Fault.SEAL_MISSING, expected, previous.last + 1 if previous else 1)
        yield verify_link(seal, previous)
        previous = seal
    last = previous.last if previous else 0
    if SealedJournal.objects.filter(book_id=book.id, number__gt=last).exists():
        yield Finding(Fault.SEAL_MISSING, len(seals) + 1, last + 1)


def _anchored(seals: Sequence[Seal], anchors: Iterable[Anchor]) -> Iterator[Finding | None]:
    for anchor in sorted(anchors, key=lambda anchor: anchor.number):
        if anchor.number > len(seals):
            yield Finding(Fault.TAIL_MISSING, len(seals), seals[-1].last if seals else 0, anchor=anchor)
        elif seals[anchor.number - 1].head != anchor.head:
            yield Finding(Fault.HEAD_DIFFERS, anchor.number, anchor=anchor)


def _first(findings: Iterable[Finding | None]) -> Finding | None:
    return next((finding for finding in findings if finding is not None), None)


def _at(fault: Fault, seal_number: int, stored: StoredJournal) -> Finding:
    key = stored.content.key if stored.content else ""
    return Finding(fault, seal_number, stored.number, stored.journal_id, key)
