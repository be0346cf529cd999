"""The canonical text of a statement and its hash: what a party recomputes to see that nothing was changed or left out.

    line       its fields, joined by tabs, the reference last
    digest     sha256 of the line's UTF-8
    chunk      sha256 of up to 1,024 digests, one after the other
    root       sha256 of the chunks
    content    sha256 of the header's lines joined by newlines, the root among them

The same text stands in `settlements/migrations/sql/closing.sql` and `proven_adjustments.sql`, which writes the hashes; a test holds
the two together.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final
from uuid import UUID

LINES_PER_CHUNK: Final = 1024
_WITHOUT_EVENTS: Final = 2
_WITHOUT_GROUNDS: Final = 3


@dataclass(frozen=True, slots=True)
class LineContent:
    """What a line says."""

    line_number: int
    section: str
    kind: str
    occurred_at: datetime
    effective_on: date
    terms_number: int
    currency: str
    base_minor: int
    share_minor: int
    reference: str

    def text(self) -> str:
        """The canonical text. The reference comes last, so whatever it holds can't be taken for another field."""
        occurred_at = self.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        fields = (
            self.line_number,
            self.section,
            self.kind,
            occurred_at,
            self.effective_on.isoformat(),
            self.terms_number,
            self.currency,
            self.base_minor,
            self.share_minor,
            self.reference,
        )
        return "\t".join(str(field) for field in fields)


@dataclass(frozen=True, slots=True)
class TermsUsed:
    """One version of the terms that the statement's lines were split under."""

    number: int
    sha256: str
    remainder: str


@dataclass(frozen=True, slots=True)
class StatementContent:
    """What a statement says besides its lines. `previous_sha256` is empty on the first one.

    `events_sha256` binds every event of the period (`event_content`), `adjustments_sha256` what its adjustments come of
    (`adjustment_content`), `carried` what its party had before, in JSON; `chain_head` is the head of the book's chain when the
    period was closed, empty before the first seal.
    """

    number: str
    organization_id: UUID
    agreement_id: UUID
    starts_on: date
    ends_on: date
    time_zone: str
    currency: str
    opening_minor: int
    current_minor: int
    prior_minor: int
    adjustments_minor: int
    withheld_minor: int
    paid_minor: int
    closing_minor: int
    base_minor: int
    order_count: int
    refund_count: int
    line_count: int
    terms: tuple[TermsUsed, ...]
    engine_version: str
    lines_root: str
    previous_sha256: str
    content_version: int = 4
    event_count: int = 0
    events_sha256: str = ""
    adjustments_sha256: str = ""
    carried: str = ""
    chain_number: int = 0
    chain_head: str = ""

    def text(self) -> str:
        """The canonical header.

        The first version knew neither adjustments nor payouts, the second no events and no head, the third not what
        adjustments come of.
        """
        is_first, is_provable = self.content_version == 1, self.content_version > _WITHOUT_EVENTS
        grounds = [f"adjusted {self.adjustments_sha256}", f"carried {self.carried or '-'}"]
        money = [
            f"adjustments {self.adjustments_minor}",
            f"withheld {self.withheld_minor}",
            f"paid {self.paid_minor}",
        ]
        return "\n".join(
            [
                f"statement {self.content_version}",
                f"number {self.number}",
                f"organization {self.organization_id}",
                f"agreement {self.agreement_id}",
                f"period {self.starts_on.isoformat()} {self.ends_on.isoformat()} {self.time_zone}",
                f"currency {self.currency}",
                f"opening {self.opening_minor}",
                f"current {self.current_minor}",
                f"prior {self.prior_minor}",
                *([] if is_first else money),
                f"closing {self.closing_minor}",
                f"base {self.base_minor}",
                f"orders {self.order_count}",
                f"refunds {self.refund_count}",
                f"lines {self.line_count}",
                *(f"terms {used.number} {used.sha256} {used.remainder}" for used in self.terms),
                *([] if is_first else [f"engine {self.engine_version}"]),
                *([f"events {self.event_count} {self.events_sha256}"] if is_provable else []),
                *(grounds if self.content_version > _WITHOUT_GROUNDS else []),
                f"root {self.lines_root}",
                *([f"chain {self.chain_number} {self.chain_head or '-'}"] if is_provable else []),
                f"previous {self.previous_sha256 or '-'}",
            ]
        )

    def sha256(self) -> str:
        """The content hash (hex)."""
        return hashlib.sha256(self.text().encode()).hexdigest()


def root_of(lines: Iterable[LineContent]) -> str:
    """The hash (hex) that binds every line, in their order. Memory stays flat however many there are."""
    return root_of_digests(hashlib.sha256(line.text().encode()).digest() for line in lines)


def root_of_digests(digests: Iterable[bytes]) -> str:
    """The hash (hex) over chunks of digests, in their order."""
    root, chunk, filled = hashlib.sha256(), hashlib.sha256(), 0
    for digest in digests:
        chunk.update(digest)
        filled += 1
        if filled == LINES_PER_CHUNK:
            root.update(chunk.digest())
            chunk, filled = hashlib.sha256(), 0
    if filled:
        root.update(chunk.digest())
    return root.hexdigest()
