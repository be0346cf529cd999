"""The canonical text of a restatement and its hash: it names what it restates by hash, and says only the difference."""

import hashlib
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class RestatementContent:
    """What a restatement says. `version` counts from the statement itself, which is version 1."""

    statement_number: str
    version: int
    currency: str
    delta_minor: int
    closing_minor: int
    adjustment_id: UUID
    previous_sha256: str
    reason: str

    def text(self) -> str:
        """The canonical text. The reason comes last, so whatever it holds can't be taken for another line."""
        return "\n".join(
            [
                "restatement 1",
                f"statement {self.statement_number}",
                f"version {self.version}",
                f"currency {self.currency}",
                f"delta {self.delta_minor}",
                f"closing {self.closing_minor}",
                f"adjustment {self.adjustment_id}",
                f"previous {self.previous_sha256}",
                f"reason {self.reason}",
            ]
        )

    def sha256(self) -> str:
        """The content hash (hex)."""
        return hashlib.sha256(self.text().encode()).hexdigest()
