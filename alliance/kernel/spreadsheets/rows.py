"""The rows of a file, one after the other, in flat memory (a workbook's sheet excepted)."""

import csv
import io
from collections.abc import Iterator
from typing import BinaryIO

from alliance.kernel.spreadsheets.layout import FileKind, FileLayout, open_bytes
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

Row = tuple[int, list[str]]


def file_rows(file: BinaryIO, layout: FileLayout) -> Iterator[Row]:
    """(row number as a spreadsheet shows it, cells) of every filled row after the header.

    Raises `FileRefusedError` when the file has no rows or a row can't be read.
    """
    rows = _workbook(file) if layout.kind is FileKind.XLSX else _text(file, layout)
    if next(rows, None) is None:
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


def _workbook(file: BinaryIO) -> Iterator[Row]:
    from alliance.kernel.spreadsheets.xlsx_rows import workbook_rows

    return workbook_rows(file)


def _text(file: BinaryIO, layout: FileLayout) -> Iterator[Row]:
    number = 0
    text = io.TextIOWrapper(open_bytes(file, layout.kind), encoding=layout.encoding, newline="")
    try:
        for number, cells in enumerate(csv.reader(text, delimiter=layout.delimiter, strict=True), 1):
            if any(cells):
                yield number, cells
    except csv.Error as error:
        raise FileRefusedError(FileProblem.ROW_UNREADABLE, str(number + 1)) from error
    except UnicodeDecodeError as error:
        raise FileRefusedError(FileProblem.ENCODING_UNKNOWN, str(number + 1)) from error
    finally:
        text.detach()
