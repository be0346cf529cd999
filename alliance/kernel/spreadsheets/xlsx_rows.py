"""Rows of a workbook's first sheet as text. The reader holds the sheet in memory; `guards.check_workbook` bounds it."""

from collections.abc import Iterator
from typing import BinaryIO

from python_calamine import CalamineError, CalamineSheet, CalamineWorkbook

from alliance.kernel.spreadsheets.cells import cell_text
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError


def workbook_header(file: BinaryIO) -> list[str]:
    """The first filled row."""
    for _row, cells in workbook_rows(file):
        return cells
    raise FileRefusedError(FileProblem.EMPTY)


def workbook_rows(file: BinaryIO) -> Iterator[tuple[int, list[str]]]:
    """(row number as the spreadsheet shows it, cells) of every filled row of the first sheet.

    Raises `FileRefusedError` when the workbook can't be read.
    """
    file.seek(0)
    try:
        sheet = _first_sheet(CalamineWorkbook.from_filelike(file))
    except CalamineError as error:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED) from error
    for number, row in enumerate(sheet.iter_rows(), 1):
        cells = [cell_text(cell) for cell in row]
        if any(cells):
            yield number, cells


def _first_sheet(workbook: CalamineWorkbook) -> CalamineSheet:
    if not workbook.sheet_names:
        raise FileRefusedError(FileProblem.EMPTY)
    return workbook.get_sheet_by_index(0)
