"""A kept file as the statements in it."""

from alliance.kernel.spreadsheets.keeping import open_stored
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem
from settlements.banking.domain.found import FoundStatement
from settlements.banking.domain.tables import TableReading
from settlements.banking.models import BankImport
from settlements.banking.readers.camt053 import read_camt053
from settlements.banking.readers.problems import BankFileError, BankFileProblem
from settlements.banking.readers.table import read_table


def read_statements(bank_import: BankImport) -> list[FoundStatement]:
    """What the file of an import says; the same file says the same every time. Raises `BankFileError`."""
    bank_file = bank_import.bank_file
    if not bank_file.stored_as:
        raise BankFileError(FileProblem.FILE_GONE)
    with open_stored(bank_file.stored_as) as file:
        if bank_file.is_camt:
            found = read_camt053(file)
        else:
            reading = TableReading.from_json(bank_import.mapping)
            layout = FileLayout.from_json(bank_file.layout)
            found = [read_table(file, layout, reading, reference=f"T-{bank_file.sha256[:16]}")]
    names = [(statement.number, statement.currency, statement.reference) for statement in found]
    if len(set(names)) != len(names):
        raise BankFileError(BankFileProblem.STATEMENT_TWICE)
    return found
