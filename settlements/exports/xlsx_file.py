"""A statement as an Excel workbook, row by row in constant memory."""

from datetime import UTC
from decimal import Decimal
from typing import BinaryIO, Final

from xlsxwriter import Workbook
from xlsxwriter.format import Format
from xlsxwriter.worksheet import Worksheet

from alliance.kernel.money import exponent, minor_to_decimal
from settlements.changes import estimate_figures
from settlements.exports.extras import EXTRA_COLUMNS, NOTHING_MORE, extras_of
from settlements.exports.reading import COLUMNS, EstimatedLine, ExportedLine, estimated_lines_of, other_rows
from settlements.models import Statement

ROWS_PER_SHEET: Final = 1_000_000  # Excel holds 1,048,576
EXACT_IN_EXCEL: Final = 10**15  # Excel's numbers have 15 digits; what is longer is written as text
_WIDTHS: Final = (9, 28, 9, 8, 10, 12, 18, 21, 12, 8, 9, 16, 16, 16, 16, 16)

Cell = str | int | Decimal | None


def write_xlsx(statement: Statement, file: BinaryIO) -> None:
    """Write the workbook: texts as text, whatever they begin with, and amounts as numbers with the currency's decimals.

    Nothing in it depends on when it is written.
    """
    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with Workbook(file, options) as book:
        book.set_properties(
            {
                "title": statement.number,
                "comments": statement.content_sha256,
                "created": statement.closed_at.astimezone(UTC).replace(tzinfo=None),
            }
        )
        _Sheets(book, statement).write()


class _Sheets:
    """The rows of one statement over as many sheets as they need."""

    def __init__(self, book: Workbook, statement: Statement) -> None:
        self.book = book
        self.statement = statement
        self.money: dict[int, Format] = {}
        self._money(statement.currency)
        self.bold: Format = book.add_format({"bold": True})
        self.extras = extras_of(statement)
        self.sheet: Worksheet = self._add_sheet()
        self.row = 1

    def write(self) -> None:
        statement = self.statement
        self._write("opening", share_minor=statement.opening_minor)
        for line, estimate in estimated_lines_of(statement):
            self._write_line(line, estimate)
            self._write_extras(line)
        self._write("withheld", share_minor=-statement.withheld_minor)
        self._write("paid", share_minor=-statement.paid_minor)
        self._write("closing", share_minor=statement.closing_minor)
        for kind, currency, minor in other_rows(statement):
            self._write(kind, share_minor=minor, currency=currency)
        figures = estimate_figures(statement)
        self._write(
            "total",
            line=statement.line_count,
            base_minor=statement.base_minor,
            share_minor=statement.share_minor,
            estimate=EstimatedLine(figures.estimated_minor, figures.actual_minor, ""),
        )

    def _add_sheet(self) -> Worksheet:
        sheet = self.book.add_worksheet()
        for column, width in enumerate(_WIDTHS):
            sheet.set_column(column, column, width)
        sheet.freeze_panes(1, 0)
        for column, name in enumerate((*COLUMNS, *EXTRA_COLUMNS) if self.extras else COLUMNS):
            sheet.write_string(0, column, name, self.bold)
        return sheet

    def _write_line(self, line: ExportedLine, estimate: EstimatedLine | None) -> None:
        self._write(
            "line",
            line.line_number,
            (
                line.section,
                line.kind,
                line.reference,
                line.occurred_at.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
                line.effective_on.isoformat(),
                line.terms_number,
            ),
            line.base_minor,
            line.share_minor,
            estimate,
        )

    def _write_extras(self, line: ExportedLine) -> None:
        """Further cells of the row that was written last."""
        for column, cell in enumerate(self.extras.get(line.line_number, NOTHING_MORE).cells(), len(COLUMNS)):
            if cell:
                self.sheet.write_string(self.row - 1, column, cell)

    def _write(
        self,
        kind: str,
        line: int | None = None,
        facts: tuple[Cell, ...] = (None,) * 6,
        base_minor: int | None = None,
        share_minor: int = 0,
        estimate: EstimatedLine | None = None,
        currency: str = "",
    ) -> None:
        if self.row > ROWS_PER_SHEET:
            self.sheet, self.row = self._add_sheet(), 1
        statement, currency = self.statement, currency or self.statement.currency
        cells: tuple[Cell, ...] = (kind, statement.number, statement.period_text, line, *facts, currency)
        for column, cell in enumerate(cells):
            if isinstance(cell, str):
                self.sheet.write_string(self.row, column, cell)
            elif cell is not None:
                self.sheet.write_number(self.row, column, cell)
        self._amount(len(cells), base_minor)
        self._amount(len(cells) + 1, share_minor, currency)
        if estimate is not None:
            self._amount(len(cells) + 2, estimate.estimated_minor)
            self._amount(len(cells) + 3, estimate.actual_minor)
            if estimate.after_sale:
                self.sheet.write_string(self.row, len(cells) + 4, estimate.after_sale)
        self.row += 1

    def _money(self, currency: str) -> Format:
        """How amounts of a currency look; one format for each number of decimals."""
        places = exponent(currency)
        if places not in self.money:
            self.money[places] = self.book.add_format({"num_format": "0." + "0" * places if places else "0"})
        return self.money[places]

    def _amount(self, column: int, amount_minor: int | None, currency: str = "") -> None:
        if amount_minor is None:
            return
        currency = currency or self.statement.currency
        amount = minor_to_decimal(amount_minor, currency)
        if abs(amount_minor) < EXACT_IN_EXCEL:
            self.sheet.write_number(self.row, column, amount, self._money(currency))
        else:
            self.sheet.write_string(self.row, column, f"{amount:f}")
