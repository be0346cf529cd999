"""Import a file of orders: read, check, record orders, lines and conversions, publish them; row-level security on.

Yardstick: COPY of the parsed rows into a bare table (no index, no key, no policy), twice over.
To reach: at most 10 x the yardstick's time. The file is named by IMPORT_FILE (the 541,909-line file); without it the
demo's kind of file is made in memory.
"""

import csv
import gzip
import io
import os
from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Final

import psycopg
from django.conf import settings
from django.core.files.base import ContentFile

from alliance.kernel.clock import utc_now
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job
from alliance.kernel.tenancy import organization_scope
from benchmarks.measure import Contender, Sample, Target, interleave, report, timed
from campaigns.domain.lines import LineParser, ParsedLine
from campaigns.domain.mapping import Mapping
from campaigns.domain.tally import Tally
from campaigns.models import OrderImport
from campaigns.readers.layout import inspect_file
from campaigns.readers.rows import file_rows
from campaigns.services.start_import import start_import
from campaigns.services.upload_order_file import upload_order_file
from tests.cast import alliance_of, host_organization, join, partner_organization, signed_agreement

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
BARE: Final = """
DROP TABLE IF EXISTS bare_lines;
CREATE UNLOGGED TABLE bare_lines (reference text, at timestamptz, item text, description text, quantity numeric,
  unit_price numeric, amount_minor bigint, customer text, partner text);
ALTER TABLE bare_lines SET LOGGED
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


def _content() -> tuple[bytes, str]:
    path = os.environ.get("IMPORT_FILE")
    return (Path(path).read_bytes(), "real") if path else (_made(), "made")


def _parsed(content: bytes) -> Iterator[ParsedLine]:
    file = io.BytesIO(content)
    layout = inspect_file(file, "orders.csv.gz")
    parser = LineParser(MAPPING, layout.header)
    for number, cells in file_rows(file, layout):
        line = parser.parse(number, cells)
        assert isinstance(line, ParsedLine)
        yield line


def _owner() -> psycopg.Connection:
    database = settings.DATABASES["owner"]
    return psycopg.connect(
        host=database["HOST"],
        port=database["PORT"] or None,
        dbname=database["NAME"],
        user=database["USER"],
        password=database["PASSWORD"],
        autocommit=True,
    )


def _copy_twice(connection: psycopg.Connection, rows: list[tuple[object, ...]]) -> int:
    for _ in range(2):
        with connection.cursor() as cursor, cursor.copy("COPY bare_lines FROM STDIN") as copy:
            for row in rows:
                copy.write_row(row)
    return len(rows)


def _import(content: bytes, codes: list[str]) -> Sample:
    """One import into an alliance of its own, whose partners have agreements; only the job is timed."""
    host = host_organization()
    alliance = alliance_of(host)
    for code in codes:
        partner = partner_organization(name=code or "none")
        join(alliance, partner, code=code)
        signed_agreement(alliance, [(host, "3/5"), (partner, "2/5")], currency="GBP", time_zone="Europe/London")
    with organization_scope(host.id):
        file = ContentFile(content, "orders.csv.gz")
        file_id = upload_order_file(actor=host.system, name="orders.csv.gz", content=file, now=utc_now())
        import_id = start_import(
            actor=host.system, file_id=file_id, alliance_id=alliance.id, mapping=MAPPING, now=utc_now()
        )

    def run() -> int:
        assert run_job(registered_job("campaigns.orderimport"), import_id, organization_id=host.id)
        with organization_scope(host.id):
            tally = Tally.from_json(OrderImport.objects.get(pk=import_id).tally)
        assert tally.rows == tally.lines_new
        return tally.rows

    return timed(run, backend_pid=_runtime_backend())


def _runtime_backend() -> int:
    from django.db import connections

    connections["default"].ensure_connection()
    return int(connections["default"].connection.info.backend_pid)


def main() -> None:
    """Measure and report."""
    content, kind = _content()
    lines = list(_parsed(content))
    codes = sorted({line.partner_code for line in lines})
    rows: list[tuple[object, ...]] = [tuple(line)[1:] for line in lines]
    reordered = [(r[0], r[1], r[2], r[3], Decimal(r[4]), Decimal(r[5]), r[6], r[7], r[8]) for r in rows]  # type: ignore[arg-type]
    del lines, rows
    with _owner() as plain:

        def bare() -> Sample:
            plain.execute(BARE.encode())
            return timed(lambda: _copy_twice(plain, reordered), backend_pid=plain.info.backend_pid)

        contenders = [Contender("COPY twice", bare), Contender("import", lambda: _import(content, codes))]
        samples = interleave(contenders, rounds=ROUNDS, warm_up=0)
        plain.execute("DROP TABLE bare_lines")
    report(
        "import_orders",
        samples,
        yardstick="COPY twice",
        sizes={"rounds": ROUNDS, "file": kind, "lines": len(reordered), "partners": len(codes)},
        targets=[Target("import", "COPY twice", 10.0)],
    )
