"""What the parties sign: one version of an agreement as a canonical document with a content hash."""

import hashlib
import json
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

from partners.domain.terms import Terms

SCHEMA = 1


@dataclass(frozen=True, slots=True)
class VersionDocument:
    """Everything a signature binds to. The same content always gives the same JSON and the same hash."""

    agreement_id: UUID
    name: str
    number: int
    terms: Terms
    effective_from: datetime
    effective_to: datetime | None

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {
            "schema": SCHEMA,
            "agreement_id": str(self.agreement_id),
            "name": self.name,
            "number": self.number,
            "effective_from": self.effective_from.astimezone(UTC).isoformat(),
            "effective_to": self.effective_to.astimezone(UTC).isoformat() if self.effective_to else None,
            "terms": self.terms.to_json(),
        }

    @property
    def sha256(self) -> str:
        """The content hash (hex)."""
        return document_sha256(self.to_json())


def document_sha256(document: dict[str, object]) -> str:
    """The hash (hex) of a document's canonical JSON: sorted keys, no spaces, UTF-8. Anyone can recompute it."""
    canonical = json.dumps(document, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
    return hashlib.sha256(canonical.encode()).hexdigest()
