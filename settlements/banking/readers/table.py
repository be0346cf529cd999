"""Bank entries in a table: CSV in UTF-8 or GB18030, gzip, XLSX."""

from typing import BinaryIO, Final

from alliance.kernel.spreadsheets.cells import RowError
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem
from alliance.kernel.spreadsheets.rows import file_rows
from settlements.banking.domain.found import MOST_ENTRIES, FoundEntry, FoundStatement, days_of
from settlements.banking.domain.tables import RowReader, TableReading
from settlements.banking.readers.problems import BankFileError, BankFileProblem

_MOST_ERRORS: Final = 50


class TableErrorsError(BankFileError):
    """Rows of the table are wrong; `errors` are the first of them."""

    def __init__(self, errors: list[RowError]) -> None:
        super().__init__(BankFileProblem.ROWS_WRONG, ", ".join(str(error.row) for error in errors[:10]))
        self.errors = errors


def read_table(file: BinaryIO, layout: FileLayout, reading: TableReading, *, reference: str) -> FoundStatement:
    """The table as one statement without balances, named `reference`.

    Raises `BankFileError` for a file that can't be read or lacks a column, `TableErrorsError` when any row is wrong: a
    statement is taken whole or not at all.
    """
    if missing := reading.missing_in(layout.header):
        raise BankFileError(FileProblem.COLUMNS_MISSING, ", ".join(missing))
    reader = RowReader(reading, layout.header)
    entries: list[FoundEntry] = []
    errors: list[RowError] = []
    for number, cells in file_rows(file, layout):
        found = reader.entry(number, cells)
        if isinstance(found, FoundEntry):
            entries.append(found)
        else:
            errors.append(found)
        if len(entries) > MOST_ENTRIES:
            raise BankFileError(BankFileProblem.TOO_MANY_ENTRIES, str(number))
        if len(errors) >= _MOST_ERRORS:
            break
    if errors:
        raise TableErrorsError(errors)
    starts_on, ends_on = days_of(entries)
    number_own = "".join(reading.number_own.split()).upper()
    return FoundStatement(1, reference, number_own, reading.currency, starts_on, ends_on, None, None, tuple(entries))
