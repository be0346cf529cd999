"""The canonical text of what happened in a period and its hash: each conversion as the evaluation took it.

    event      the text below; `facts` is PostgreSQL's text of what else the evaluation knew, in JSON
    digest     sha256 of the event's UTF-8
    root       as that of a statement's lines: sha256 over chunks of 1,024 digests, in the order in which they counted

All parties of an agreement see the same events, so all their statements of a period bear the same root. The same text
stands in `settlements/migrations/sql/provable.sql`, which writes the hash; a test holds the two together.
"""

import hashlib
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID


@dataclass(frozen=True, slots=True)
class EventContent:
    """What an event says. `takes_back` is the hash (hex) of the event that it takes back, or empty."""

    accrual_id: UUID
    conversion_id: UUID
    kind: str
    occurred_at: datetime
    currency: str
    amount_minor: int
    terms_sha256: str
    takes_back: str
    facts: str
    reference: str

    def text(self) -> str:
        """The canonical text. The reference comes last, so whatever it holds can't be taken for another line."""
        occurred_at = self.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
        return "\n".join(
            [
                "event 1",
                f"accrual {self.accrual_id}",
                f"conversion {self.conversion_id}",
                f"kind {self.kind}",
                f"occurred {occurred_at}",
                f"currency {self.currency}",
                f"amount {self.amount_minor}",
                f"terms {self.terms_sha256}",
                f"takes_back {self.takes_back or '-'}",
                f"facts {self.facts or '-'}",
                f"reference {self.reference}",
            ]
        )

    def digest(self) -> bytes:
        """The hash that the root is over."""
        return hashlib.sha256(self.text().encode()).digest()
