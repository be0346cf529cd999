"""A stored file through a mapping: its rows as items, one after the other, or why one can't be taken."""

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import BinaryIO, Final, Self

from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.json_rows import RefusedLine
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.spreadsheets.rows import Row, file_rows
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.domain.rows import ItemRowParser, ParsedRow
from partners.catalogue.readers.seen_codes import SeenCodes

ROWS_PER_CHUNK: Final = 2_000
_TICK: Final = 20_000


@dataclass(frozen=True, slots=True)
class FoundRow:
    """One row of the file as it stands there, with its code: an item, or the errors that refuse it."""

    row: int
    code: str
    cells: list[str]
    parsed: ParsedRow | None
    errors: tuple[RowError, ...] = ()


class ItemFileReader:
    """Use as a context manager; call `scan` first. Reads the same file the same way every time."""

    def __init__(
        self,
        file: BinaryIO,
        layout: FileLayout,
        mapping: ItemMapping,
        *,
        categories: Mapping[str, str],
        tick: Callable[[], object] = lambda: None,
    ) -> None:
        """Raises `FileRefusedError` when the file lacks a column of the mapping."""
        if missing := mapping.missing_in(layout.header):
            raise FileRefusedError(FileProblem.COLUMNS_MISSING, ", ".join(missing))
        self._file, self._layout, self._tick = file, layout, tick
        self._seen = SeenCodes()
        self.parser = ItemRowParser(mapping, layout.header, categories)

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self._seen.__exit__()

    def scan(self) -> int:
        """How many rows the file has. Raises `FileRefusedError` for whatever is wrong with the file as a whole."""
        count = 0
        for count, _row in enumerate(file_rows(self._file, self._layout), 1):
            if count % _TICK == 0:
                self._tick()
        return count

    def chunks(self, *, done: int = 0) -> Iterator[list[FoundRow]]:
        """The rows by `ROWS_PER_CHUNK`: the same chunks every time.

        Of the first `done` chunks only the codes are taken in; they come as empty lists.
        """
        rows: list[Row] = []
        number = 0
        for row in file_rows(self._file, self._layout):
            rows.append(row)
            if len(rows) == ROWS_PER_CHUNK:
                number += 1
                yield self._chunk(rows, is_done=number <= done)
                rows = []
        if rows:
            yield self._chunk(rows, is_done=number + 1 <= done)

    def missing(self, codes: list[str]) -> list[str]:
        """Those of the codes that no row of the file had, once all chunks were taken."""
        return self._seen.missing(codes)

    def _chunk(self, rows: list[Row], *, is_done: bool) -> list[FoundRow]:
        if is_done:
            for _number, cells in rows:
                self._seen.is_new(self.parser.code_of(cells))
            return []
        return [self._found(number, cells) for number, cells in rows]

    def _found(self, number: int, cells: list[str]) -> FoundRow:
        code = self.parser.code_of(cells)
        if code and not self._seen.is_new(code):
            return FoundRow(number, code, cells, None, (RowError(number, self.parser.column_of("code"), "code_twice"),))
        outcome = self.parser.parse(number, cells)
        if isinstance(outcome, ParsedRow):
            return FoundRow(number, code, cells, outcome)
        return FoundRow(number, code, list(cells) if isinstance(cells, RefusedLine) else cells, None, tuple(outcome))
