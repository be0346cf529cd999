"""What an approval of a batch is bound to: a canonical text over everything that is paid and where to."""

import hashlib
from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID


@dataclass(frozen=True, slots=True)
class PartContent:
    """How much comes from one agreement, with the statement that explains it (empty when there is none)."""

    agreement_id: UUID
    gross_minor: int
    withheld_minor: int
    statement_number: str
    statement_sha256: str


@dataclass(frozen=True, slots=True)
class PayoutContent:
    """One payment and the fingerprint of the account that it goes to."""

    reference: str
    organization_id: UUID
    amount_minor: int
    account_sha256: str
    parts: tuple[PartContent, ...]


@dataclass(frozen=True, slots=True)
class BatchContent:
    """A whole batch. Two batches have the same hash only when they pay the same, to the same accounts, the same way."""

    batch_id: UUID
    reference: str
    host_id: UUID
    alliance_id: UUID
    currency: str
    gateway: str
    payouts: tuple[PayoutContent, ...]

    @property
    def total_minor(self) -> int:
        """What leaves in all."""
        return sum(payout.amount_minor for payout in self.payouts)

    def text(self) -> str:
        """The canonical text: one line for each thing, in an order that does not depend on how it was read."""
        return "\n".join(self._lines()) + "\n"

    def sha256(self) -> str:
        """The hash that approvals carry."""
        return hashlib.sha256(self.text().encode()).hexdigest()

    def _lines(self) -> Iterator[str]:
        yield "payout batch 1"
        yield f"batch {self.batch_id} {self.reference}"
        yield f"host {self.host_id} alliance {self.alliance_id}"
        yield f"currency {self.currency} gateway {self.gateway}"
        for payout in sorted(self.payouts, key=lambda payout: payout.reference):
            yield f"payout {payout.reference} {payout.organization_id} {payout.amount_minor} {payout.account_sha256}"
            for part in sorted(payout.parts, key=lambda part: part.agreement_id):
                statement = f"{part.statement_number or '-'} {part.statement_sha256 or '-'}"
                yield f"part {part.agreement_id} {part.gross_minor} {part.withheld_minor} {statement}"
        yield f"total {self.total_minor}"
