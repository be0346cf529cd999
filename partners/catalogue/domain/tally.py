"""What a file of items came to: counts that always add up to the rows read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from alliance.kernel.spreadsheets.tallies import StoredCounts
from partners.catalogue.domain.upserting import Outcome


@dataclass(slots=True)
class ItemTally(StoredCounts):
    """Rows read = created + changed + unchanged + refused. `archived` are items that the file does not name."""

    rows: int = 0
    created: int = 0
    changed: int = 0
    unchanged: int = 0
    refused: int = 0
    archived: int = 0
    issues: Counter[str] = field(default_factory=Counter)

    def add(self, outcome: Outcome) -> None:
        """Count a row by what became of it."""
        self.rows += 1
        setattr(self, outcome.value, getattr(self, outcome.value) + 1)

    def add_refused(self, codes: Iterable[str]) -> None:
        """Count a refused row with every reason."""
        self.add(Outcome.REFUSED)
        self.issues.update(codes)

    @property
    def writes(self) -> int:
        """How many items would be different afterwards."""
        return self.created + self.changed + self.archived
