"""What a run writes: the statements as one table, the book as plain-text accounting, and what other tools say of it."""

import csv
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Final

from django.db import connections

from alliance.kernel.tenancy import database_alias, organization_scope
from alliance.real_run.recomputation import StatementRow
from alliance.real_run.world import World
from settlements.ledger.exports.beancount import beancount_lines
from settlements.ledger.exports.hledger import hledger_lines
from settlements.ledger.selectors import find_book, trial_balance

# One row for each partner's statement; the host's figure is of its own statement for the same month and agreement.
_STATEMENTS: Final = """
COPY (
  SELECT to_char(s.starts_on, 'YYYY-MM') AS period, m.partner_code AS partner, s.currency, s.order_count AS orders,
         s.refund_count AS refunds, s.base_minor AS net_minor, s.current_minor + s.prior_minor AS partner_share_minor,
         h.current_minor + h.prior_minor AS host_share_minor
  FROM settlements_statement AS s
  JOIN settlements_statement AS h ON h.period_id = s.period_id AND h.organization_id = s.host_id
  JOIN partners_alliancemembership AS m ON m.alliance_id = s.alliance_id AND m.organization_id = s.organization_id
  WHERE s.alliance_id = %s AND s.organization_id <> s.host_id
  ORDER BY s.starts_on, m.partner_code COLLATE "C"
) TO STDOUT WITH (FORMAT csv, HEADER)
"""


def write_statements(world: World, path: Path) -> None:
    """Write `statements.csv`, straight from the closed statements."""
    with (
        organization_scope(world.host_id),
        path.open("wb") as file,
        connections[database_alias()].cursor() as cursor,
        cursor.copy(_STATEMENTS, [world.alliance_id]) as rows,
    ):
        file.writelines(rows)


def read_statements(path: Path) -> list[StatementRow]:
    """What was written."""
    with path.open(encoding="utf-8", newline="") as file:
        return [
            StatementRow(
                row["period"], row["partner"], row["currency"], *(int(row[name]) for name in StatementRow._fields[3:])
            )
            for row in csv.DictReader(file)
        ]


def write_book(world: World, directory: Path) -> None:
    """Write `ledger.beancount` and `ledger.journal`."""
    with organization_scope(world.host_id):
        book = find_book(alliance_id=world.alliance_id)
        if book is None:
            raise LookupError("The run has no book.")
        for name, lines in (("ledger.beancount", beancount_lines), ("ledger.journal", hledger_lines)):
            with (directory / name).open("w", encoding="utf-8", newline="\n") as file:
                file.writelines(lines(book.id))


def ledger_sums(world: World) -> dict[str, int]:
    """The sum of all accounts for each currency: 0 in a book that is whole."""
    with organization_scope(world.host_id):
        book = find_book(alliance_id=world.alliance_id)
        return dict(trial_balance(book.id).totals()) if book else {}


def tool_verdicts(directory: Path) -> dict[str, str]:
    """What `bean-check` and `hledger check --strict` say of the files: `ok`, `not installed`, or their complaint."""
    return {
        "bean-check": _verdict("bean-check", "--no-cache", str(directory / "ledger.beancount")),
        "hledger check --strict": _verdict("hledger", "check", "--strict", "-f", str(directory / "ledger.journal")),
    }


def _verdict(tool: str, *arguments: str) -> str:
    beside = Path(sys.executable).with_name(tool)
    found = str(beside) if beside.exists() else shutil.which(tool)
    if found is None:
        return "not installed"
    done = subprocess.run([found, *arguments], capture_output=True, text=True, check=False)  # noqa: S603  our own files
    return "ok" if done.returncode == 0 else (done.stderr or done.stdout)[-2000:]
