"""What a conversion comes to: amounts by party and account, and why. Amounts are minor units with the sign of the conversion."""

from typing import NamedTuple
from uuid import UUID

from settlements.ledger.domain import AccountKind


class Deducted(NamedTuple):
    """What came off before anything was shared: who bears it, and the account that holds it."""

    organization_id: UUID
    account: AccountKind
    amount_minor: int


class Outcome(NamedTuple):
    """One conversion under its terms.

    Shares and `unassigned_minor` sum to `base_minor`; base and deductions sum to `gross_minor`. `explanation` is JSON
    on one line: `terms` (version, number, hash), `evaluation` (the tree of steps) and, unless the terms are a plain
    split, `parts` (what each receiver got, exactly and rounded), which refunds take back.
    """

    gross_minor: int
    base_minor: int
    shares: tuple[tuple[UUID, int], ...]
    unassigned_minor: int
    explanation: str
    deducted: tuple[Deducted, ...] = ()

    @property
    def deducted_minor(self) -> int:
        """All deductions together."""
        return sum(deducted.amount_minor for deducted in self.deducted)
