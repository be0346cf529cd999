"""Import a file of orders: read, check, record orders, lines and conversions, publish them; row-level security on.

Yardstick: COPY of the parsed rows into a bare table (no index, no key, no policy), twice over.
To reach: at most 10 x the yardstick's time. The file is named by IMPORT_FILE (the 541,909-line file); without it the
demo's kind of file is made in memory.
"""

import csv
import gzip
import io
import json
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import psycopg

from alliance.kernel.spreadsheets.layout import inspect_file
from alliance.kernel.spreadsheets.rows import file_rows
from benchmarks.measure import Contender, Sample, Target, interleave, report, timed
from campaigns.domain.lines import LineParser, ParsedLine
from campaigns.domain.mapping import Mapping

ROUNDS: Final = int(os.environ.get("IMPORT_ROUNDS", "3"))
MADE_LINES: Final = 60_000
MAPPING: Final = Mapping(
    order_id="InvoiceNo",
    item="StockCode",
    description="Description",
    quantity="Quantity",
    occurred_at="InvoiceDate",
    unit_price="UnitPrice",
    customer="CustomerID",
    partner="Country",
    time_format="%Y-%m-%d %H:%M:%S",
    time_zone="Europe/London",
    currency="GBP",
    refund_prefixes=("C",),
    adjustment_prefixes=("A",),
)
COLUMNS: Final = 9  # of the bare table; the details that a line may carry besides are empty in these files
BARE: Final = """
DROP TABLE IF EXISTS bare_lines;
CREATE TABLE bare_lines (reference text, at timestamptz, item text, description text, quantity numeric,
  unit_price numeric, amount_minor bigint, customer text, partner text)
"""


def _made() -> bytes:
    text = io.StringIO(newline="")
    writer = csv.writer(text)
    writer.writerow([*MAPPING.columns()])
    for n in range(MADE_LINES):
        order = n // 20
        when = f"2011-{order % 12 + 1:02}-{order % 28 + 1:02} 10:00:00"
        row = {"InvoiceNo": str(order), "StockCode": f"S{n % 4000}", "Description": "A KIT", "Quantity": str(n % 9 + 1)}
        row |= {"InvoiceDate": when, "UnitPrice": "2.55", "CustomerID": str(order % 500), "Country": f"P{order % 38}"}
        writer.writerow([row[name] for name in MAPPING.columns()])
    return gzip.compress(text.getvalue().encode())


def _parsed(content: bytes) -> Iterator[ParsedLine]:
    file = io.BytesIO(content)
    layout = inspect_file(file, "orders.csv.gz")
    parser = LineParser(MAPPING, layout.header)
    for number, cells in file_rows(file, layout):
        line = parser.parse(number, cells)
        assert isinstance(line, ParsedLine)
        yield line


def _copy_twice(connection: psycopg.Connection, rows: list[tuple[object, ...]]) -> int:
    for _ in range(2):
        with connection.cursor() as cursor, cursor.copy("COPY bare_lines FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return len(rows)


def _import(path: Path, codes: list[str]) -> Sample:
    arguments = (str(path), json.dumps(codes), json.dumps(MAPPING.to_json()))
    command = [sys.executable, "-m", "benchmarks.import_in_child", *arguments]
    output = subprocess.run(command, check=True, capture_output=True, text=True).stdout
    return Sample(**json.loads(output.splitlines()[-1]))


def main() -> None:
    """Measure and report."""
    with tempfile.TemporaryDirectory() as directory:
        named = os.environ.get("IMPORT_FILE")
        path = Path(named) if named else Path(directory) / "orders.csv.gz"
        if not named:
            path.write_bytes(_made())
        _measure(path, "real" if named else "made")


def _measure(path: Path, kind: str) -> None:
    rows = [tuple(line)[1 : 1 + COLUMNS] for line in _parsed(path.read_bytes())]
    codes = sorted({str(row[-1]) for row in rows})
    with psycopg.connect(os.environ["DATABASE_OWNER_URL"], autocommit=True) as plain:

        def bare() -> Sample:
            plain.execute(BARE.encode())
            return timed(lambda: _copy_twice(plain, rows), backend_pid=plain.info.backend_pid)

        contenders = [Contender("COPY twice", bare), Contender("import", lambda: _import(path, codes))]
        samples = interleave(contenders, rounds=ROUNDS, warm_up=0)
        plain.execute("DROP TABLE bare_lines")
    report(
        "import_orders",
        samples,
        yardstick="COPY twice",
        sizes={"rounds": ROUNDS, "file": kind, "lines": len(rows), "partners": len(codes)},
        targets=[Target("import", "COPY twice", 10.0)],
    )
