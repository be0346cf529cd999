"""The canonical text of what an adjustment comes of and its hash: what a party recomputes its amount from.

    adjustment  the text below; `facts` is PostgreSQL's text of its details, in JSON
    digest      sha256 of its UTF-8
    root        as that of a statement's lines: over the adjustments of one statement, in the order of its lines

The same text stands in `settlements/migrations/sql/proven_adjustments.sql`, which writes the hash; a test holds the two together.
"""

import hashlib
from dataclasses import dataclass
from datetime import date
from uuid import UUID


@dataclass(frozen=True, slots=True)
class AdjustmentContent:
    """What an adjustment says to both its parties. `event_sha256` is that of the conversion that it is about, or empty."""

    adjustment_id: UUID
    kind: str
    organization_id: UUID
    counterparty_id: UUID | None
    about_from: date
    about_to: date
    effective_on: date
    currency: str
    amount_minor: int
    terms_sha256: str
    event_sha256: str
    answers_id: UUID | None
    facts: str
    reference: str

    def text(self) -> str:
        """The canonical text. The reference comes last, so whatever it holds can't be taken for another line."""
        return "\n".join(
            [
                "adjustment 1",
                f"id {self.adjustment_id}",
                f"kind {self.kind}",
                f"party {self.organization_id}",
                f"other {self.counterparty_id or '-'}",
                f"about {self.about_from.isoformat()} {self.about_to.isoformat()}",
                f"effective {self.effective_on.isoformat()}",
                f"currency {self.currency}",
                f"amount {self.amount_minor}",
                f"terms {self.terms_sha256 or '-'}",
                f"event {self.event_sha256 or '-'}",
                f"answers {self.answers_id or '-'}",
                f"facts {self.facts}",
                f"reference {self.reference}",
            ]
        )

    def digest(self) -> bytes:
        """The hash that the root is over."""
        return hashlib.sha256(self.text().encode()).digest()
