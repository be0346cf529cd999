"""Write a statement of 100,000 lines as CSV and as XLSX.

Yardsticks: the same rows, ready in memory, by the csv module and by XlsxWriter alone. To reach: at most 2 x; memory flat.
"""

import csv
import io
import os
import tempfile
from collections.abc import Callable
from typing import BinaryIO
from uuid import UUID

from xlsxwriter import Workbook

from alliance.kernel.tenancy import organization_scope
from benchmarks.conversions import AFTER, Market, a_market, fill_month
from benchmarks.ledger_books import backend_of
from benchmarks.measure import Contender, Sample, Target, interleave, report, timed
from settlements.exports.csv_file import write_csv
from settlements.exports.reading import visible_statement
from settlements.exports.xlsx_file import write_xlsx
from settlements.models import Statement
from settlements.services.close_period import close_period

LINES = int(os.environ.get("EXPORT_LINES", "100000"))
ROUNDS = 5


def main() -> None:
    """Measure both formats."""
    market = a_market(1)
    period_id = fill_month(market, market.agreements[0], LINES)
    with organization_scope(market.host.id):
        close_period(actor=market.host.system, period_id=period_id, now=AFTER)
        statement_id = Statement.objects.get(organization_id=market.host.id).id
    rows = _rows(market, statement_id)

    def ours(write: Callable[[Statement, BinaryIO], None]) -> Callable[[], Sample]:
        def work() -> int:
            with tempfile.TemporaryFile() as file, organization_scope(market.host.id):
                write(visible_statement(statement_id), file)
            return LINES

        return lambda: timed(work, backend_pid=backend_of("default"))

    for title, write, alone in (("csv", write_csv, _csv_alone), ("xlsx", write_xlsx, _xlsx_alone)):
        samples = interleave(
            [
                Contender(f"{title} alone", lambda alone=alone: timed(lambda: alone(rows))),
                Contender("export", ours(write)),
            ],
            rounds=ROUNDS,
        )
        report(
            f"export_{title}",
            samples,
            yardstick=f"{title} alone",
            sizes={"lines": LINES, "rounds": ROUNDS},
            targets=[Target("export", f"{title} alone", 2.0)],
        )


def _rows(market: Market, statement_id: UUID) -> list[list[str]]:
    """The rows as the export itself writes them."""
    with tempfile.TemporaryFile() as file, organization_scope(market.host.id):
        write_csv(visible_statement(statement_id), file)
        file.seek(0)
        return list(csv.reader(io.TextIOWrapper(file, encoding="utf-8-sig", newline="")))


def _csv_alone(rows: list[list[str]]) -> int:
    with tempfile.TemporaryFile("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    return LINES


def _xlsx_alone(rows: list[list[str]]) -> int:
    numbers = {3, 9, 11, 12}
    with tempfile.TemporaryFile() as file, Workbook(file, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        for number, row in enumerate(rows):
            for column, cell in enumerate(row):
                if number and column in numbers and cell:
                    sheet.write_number(number, column, float(cell))
                elif cell:
                    sheet.write_string(number, column, cell)
    return LINES
