"""A stored file through a mapping: its orders, one after the other, or why one can't be taken."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import Row, file_rows
from campaigns.domain.lines import LineParser, ParsedLine
from campaigns.domain.mapping import Mapping
from campaigns.domain.orders import OrderDraft, assemble_order
from campaigns.readers.grouping import OrderedRows

LINES_PER_CHUNK: Final = 10_000
INCOMPLETE: Final = "order_incomplete"


@dataclass(frozen=True, slots=True)
class FoundOrder:
    """One order of the file with its rows as they stand there: a draft, or the errors that refuse it whole."""

    reference: str
    rows: list[Row]
    draft: OrderDraft | None
    errors: tuple[RowError, ...] = ()


class OrderFileReader:
    """Use as a context manager; call `scan` first. Reads the same file the same way every time."""

    def __init__(
        self, file: BinaryIO, layout: FileLayout, mapping: Mapping, *, tick: Callable[[], object] = lambda: None
    ) -> None:
        """Raises `FileRefusedError` when the file lacks a column of the mapping."""
        if missing := mapping.missing_in(layout.header):
            raise FileRefusedError(FileProblem.COLUMNS_MISSING, ", ".join(missing))
        self._mapping = mapping
        self._parser = LineParser(mapping, layout.header)
        self._rows = OrderedRows(lambda: file_rows(file, layout), self._parser.reference_of, tick)

    def __enter__(self) -> Self:
        self._rows.__enter__()
        return self

    def __exit__(self, *_: object) -> None:
        self._rows.__exit__(*_)

    def scan(self) -> int:
        """How many rows the file has. Raises `FileRefusedError` for whatever is wrong with the file as a whole."""
        return self._rows.scan()

    def orders(self) -> Iterator[FoundOrder]:
        """Every order whole, its lines in the order of the file."""
        for rows in self._rows.groups():
            yield self._order(rows)

    def chunks(self) -> Iterator[list[FoundOrder]]:
        """Orders by some `LINES_PER_CHUNK` lines, never cutting one: the same chunks every time."""
        chunk: list[FoundOrder] = []
        size = 0
        for order in self.orders():
            chunk.append(order)
            size += len(order.rows)
            if size >= LINES_PER_CHUNK:
                yield chunk
                chunk, size = [], 0
        if chunk:
            yield chunk

    def _order(self, rows: list[Row]) -> FoundOrder:
        parsed = [self._parser.parse(number, cells) for number, cells in rows]
        reference = self._parser.reference_of(rows[0][1])
        errors = [error for outcome in parsed if isinstance(outcome, list) for error in outcome]
        if errors:
            return FoundOrder(reference, rows, None, _with_companions(rows, errors))
        outcome = assemble_order([line for line in parsed if isinstance(line, ParsedLine)], self._mapping)
        if isinstance(outcome, OrderDraft):
            return FoundOrder(reference, rows, outcome)
        return FoundOrder(reference, rows, None, _with_companions(rows, outcome))


def _with_companions(rows: Sequence[Row], errors: list[RowError]) -> tuple[RowError, ...]:
    """The errors, and for the sound rows of the same order that they stay out with it: nothing is lost unsaid."""
    wrong = {error.row for error in errors}
    companions = [RowError(number, "", INCOMPLETE) for number, _ in rows if number not in wrong]
    return tuple(sorted([*errors, *companions]))
