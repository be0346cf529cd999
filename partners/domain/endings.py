"""How an agreement ends as a whole, as a document that is signed like a version."""

from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final
from uuid import UUID

from partners.domain.document import document_sha256

SCHEMA: Final = 1
LONGEST_REASON: Final = 2_000


class EndingKind(StrEnum):
    """By what an agreement ends."""

    NOTICE = "notice"
    MUTUAL = "mutual"
    CAUSE = "cause"
    EXPIRY = "expiry"


@dataclass(frozen=True, slots=True)
class EndingDocument:
    """What a signature under an ending binds to. `declared_by` is `None` when the time has simply run out.

    The agreement is over at the half-open `ends_at`. `version_number` is the version whose rule a notice relies on.
    """

    ending_id: UUID
    agreement_id: UUID
    name: str
    kind: EndingKind
    declared_by: UUID | None
    declared_at: datetime
    ends_at: datetime
    time_zone: str
    reason: str = ""
    version_number: int | None = None

    def to_json(self) -> dict[str, object]:
        """The stored form."""
        return {
            "schema": SCHEMA,
            "ending_id": str(self.ending_id),
            "agreement_id": str(self.agreement_id),
            "name": self.name,
            "kind": self.kind.value,
            "declared_by": str(self.declared_by) if self.declared_by else None,
            "declared_at": self.declared_at.astimezone(UTC).isoformat(),
            "ends_at": self.ends_at.astimezone(UTC).isoformat(),
            "time_zone": self.time_zone,
            "reason": self.reason,
            "version_number": self.version_number,
        }

    @property
    def sha256(self) -> str:
        """The content hash (hex)."""
        return document_sha256(self.to_json())
