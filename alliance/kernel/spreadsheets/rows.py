"""The rows of a file, one after the other, in flat memory (a workbook's sheet excepted)."""

import csv
import io
from collections.abc import Callable, Iterator
from functools import partial
from types import MappingProxyType
from typing import BinaryIO, Final

from alliance.kernel.spreadsheets.json_rows import json_cells
from alliance.kernel.spreadsheets.layout import FileKind, FileLayout, open_bytes
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

Row = tuple[int, list[str]]
MAX_ROW: Final = 1 << 20  # characters


def file_rows(file: BinaryIO, layout: FileLayout) -> Iterator[Row]:
    """(row number as a spreadsheet shows it, cells) of every filled row after the header.

    A line of JSON that is no row comes as a `RefusedLine`. Raises `FileRefusedError` when the file has no rows or a
    row can't be read.
    """
    rows = _READERS[layout.kind](file, layout)
    if not layout.is_json and next(rows, None) is None:
        raise FileRefusedError(FileProblem.EMPTY)
    width, row = len(layout.header), None
    for row in rows:
        if len(row[1]) > width:
            _fit(row[1], width)
        yield row
    if row is None:
        raise FileRefusedError(FileProblem.NO_ROWS)


def _fit(cells: list[str], width: int) -> None:
    """Cells beyond the header's that are empty are the file's untidiness, not an error."""
    while len(cells) > width and not cells[-1].strip():
        cells.pop()


def _workbook(file: BinaryIO, _layout: FileLayout) -> Iterator[Row]:
    from alliance.kernel.spreadsheets.xlsx_rows import workbook_rows

    return workbook_rows(file)


class _Lines:
    """The lines of a text, as long as one row (which may go over several lines) does not take too many."""

    def __init__(self, text: io.TextIOWrapper) -> None:
        self._text = text
        self._taken = 0
        self.row = 1

    def next_row(self) -> None:
        self._taken = 0
        self.row += 1

    def __iter__(self) -> Iterator[str]:
        for line in iter(partial(self._text.readline, MAX_ROW + 1), ""):
            self._taken += len(line)
            if self._taken > MAX_ROW:
                raise FileRefusedError(FileProblem.ROW_TOO_LONG, str(self.row))
            yield line


def _text(file: BinaryIO, layout: FileLayout) -> Iterator[Row]:
    text = io.TextIOWrapper(open_bytes(file, layout.kind), encoding=layout.encoding, newline="")
    lines = _Lines(text)
    try:
        for number, cells in enumerate(csv.reader(lines, delimiter=layout.delimiter, strict=True), 1):
            lines.next_row()
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise FileRefusedError(FileProblem.ROW_UNREADABLE, str(lines.row)) from error
    except UnicodeDecodeError as error:
        raise FileRefusedError(FileProblem.ENCODING_UNKNOWN, str(lines.row)) from error
    finally:
        text.detach()


def _json(file: BinaryIO, layout: FileLayout) -> Iterator[Row]:
    text = io.TextIOWrapper(open_bytes(file, layout.kind), encoding=layout.encoding, newline="")
    lines = _Lines(text)
    columns = {name: index for index, name in enumerate(layout.header)}
    try:
        for number, line in enumerate(lines, 1):
            lines.next_row()
            if stripped := line.strip():
                yield number, json_cells(stripped, columns)
    except UnicodeDecodeError as error:
        raise FileRefusedError(FileProblem.ENCODING_UNKNOWN, str(lines.row)) from error
    finally:
        text.detach()


_READERS: Final[MappingProxyType[FileKind, Callable[[BinaryIO, FileLayout], Iterator[Row]]]] = MappingProxyType(
    {
        FileKind.CSV: _text,
        FileKind.CSV_GZ: _text,
        FileKind.XLSX: _workbook,
        FileKind.JSONL: _json,
        FileKind.JSONL_GZ: _json,
    }
)
