"""What a file came to: counts that always add up to the rows read."""

from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field

from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.tallies import StoredCounts
from campaigns.domain.orders import KINDS, OrderDraft


@dataclass(slots=True)
class Tally(StoredCounts):
    """Rows read = lines of new orders + lines of known orders + rejected rows.

    `orders_known` are there already with the same content, `orders_changed` with other content (their rows count as
    rejected). Sums are of new orders, in minor units, by kind.
    """

    rows: int = 0
    orders_new: int = 0
    orders_known: int = 0
    orders_changed: int = 0
    orders_rejected: int = 0
    orders_zero: int = 0
    lines_new: int = 0
    lines_known: int = 0
    rows_rejected: int = 0
    orders_by_kind: Counter[str] = field(default_factory=Counter)
    sums_minor: Counter[str] = field(default_factory=Counter)
    issues: Counter[str] = field(default_factory=Counter)
    partner_codes_unknown: Counter[str] = field(default_factory=Counter)

    def add_new(self, draft: OrderDraft) -> None:
        """Count an order that is not there yet."""
        self.orders_new += 1
        self.lines_new += len(draft.lines)
        self.rows += len(draft.lines)
        self.orders_zero += draft.amount_minor == 0
        self.orders_by_kind[draft.kind] += 1
        self.sums_minor[draft.kind] += draft.amount_minor

    def add_known(self, draft: OrderDraft) -> None:
        """Count an order that is there with the same content."""
        self.orders_known += 1
        self.lines_known += len(draft.lines)
        self.rows += len(draft.lines)

    def add_changed(self, rows: int) -> None:
        """Count an order that is there with other content."""
        self.orders_changed += 1
        self.rows_rejected += rows
        self.rows += rows
        self.issues["changed"] += rows

    def add_rejected(self, rows: int, errors: Iterable[RowError]) -> None:
        """Count an order (or a row without an order id) that can't be taken, with every reason."""
        self.orders_rejected += 1
        self.rows_rejected += rows
        self.rows += rows
        self.issues.update(error.code for error in errors)

    @property
    def total_minor(self) -> int:
        """The sum of all new orders."""
        return sum(self.sums_minor.values())

    def kinds(self) -> list[tuple[str, int, int]]:
        """(kind, orders, sum) in a fixed order."""
        return [(kind, self.orders_by_kind[kind], self.sums_minor[kind]) for kind in KINDS]
