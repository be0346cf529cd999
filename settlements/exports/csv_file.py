"""A statement as CSV. The lines are written by PostgreSQL itself: nothing but bytes passes through here."""

import csv
import io
from collections.abc import Iterable, Iterator, Mapping
from typing import Any, BinaryIO, Final

from django.db import connections

from alliance.kernel.money import exponent, format_minor
from alliance.kernel.spreadsheets.cells import inert
from alliance.kernel.tenancy import database_alias
from settlements.changes import estimate_figures
from settlements.exports.extras import EXTRA_COLUMNS, NOTHING_MORE, ExtraCells, extras_of
from settlements.exports.reading import CHANGED_SQL, COLUMNS, other_rows
from settlements.models import Statement

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # else Excel takes UTF-8 for something older

# Whoever wrote a reference may have thought of a spreadsheet's formulas: a leading = + - @, tab or line end gets an
# apostrophe in front. The other texts are words of our own.
_LINES: Final = r"""
COPY (
  SELECT 'line', %(number)s, %(month)s, line_number, section, kind,
         CASE WHEN reference ~ '^[=+@\t\r\n-]' THEN '''' || reference ELSE reference END,
         to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(effective_on, 'YYYY-MM-DD'),
         terms_number, currency, round(base_minor / %(unit)s::numeric, %(places)s), round(share_minor / %(unit)s::numeric, %(places)s),
         CASE WHEN is_order THEN round(share_minor / %(unit)s::numeric, %(places)s) END,
         CASE WHEN is_order THEN round((share_minor + delta_minor) / %(unit)s::numeric, %(places)s) END,
         CASE WHEN NOT is_order OR back_minor >= 0 AND charged_minor >= 0 THEN ''
              WHEN charged_minor < 0 THEN 'charged_back'
              WHEN base_minor + back_minor <= 0 THEN 'refunded' ELSE 'refunded_in_part' END
  FROM (
    SELECT l.*, l.accrual_id IS NOT NULL AND l.kind NOT IN ('refund', 'chargeback', 'chargeback_won') AS is_order,
           coalesce(c.delta_minor, 0) AS delta_minor, coalesce(c.base_minor, 0) AS back_minor, coalesce(c.charged_minor, 0) AS charged_minor
    FROM settlements_statementline AS l LEFT JOIN ({{changed}}) AS c ON c.order_id = l.accrual_id
    WHERE l.statement_id = %(id)s
  ) AS told ORDER BY line_number
) TO STDOUT WITH (FORMAT csv)
""".replace("{{changed}}", CHANGED_SQL)


def write_csv(statement: Statement, file: BinaryIO) -> None:
    """Write the statement as UTF-8 CSV with a mark; the control totals come last.

    Opening, lines, what was withheld and paid, closing, and the same in currencies into which it was exchanged (`other_…`). Amounts
    have the currency's decimals. Memory stays flat.
    """
    places = exponent(statement.currency)
    parameters = {
        "id": statement.id,
        "number": statement.number,
        "month": statement.period_text,
        "places": places,
        "unit": 10**places,
    }
    extras = extras_of(statement)
    columns = (*COLUMNS, *EXTRA_COLUMNS) if extras else COLUMNS

    def summary(kind: str, **figures: Any) -> bytes:
        row = _summary(statement, kind, **figures)
        return row if not extras else row.removesuffix(b"\n") + b"," * len(EXTRA_COLUMNS) + b"\n"

    file.write(BYTE_ORDER_MARK + ",".join(columns).encode() + b"\n")
    file.write(summary("opening", share_minor=statement.opening_minor))
    with connections[database_alias()].cursor() as cursor, cursor.copy(_LINES, parameters) as lines:
        file.writelines(_with_extras(lines, extras) if extras else lines)
    file.write(summary("withheld", share_minor=-statement.withheld_minor))
    file.write(summary("paid", share_minor=-statement.paid_minor))
    file.write(summary("closing", share_minor=statement.closing_minor))
    file.writelines(
        summary(kind, share_minor=minor, currency=currency) for kind, currency, minor in other_rows(statement)
    )
    figures = estimate_figures(statement)
    file.write(
        summary(
            "total",
            lines=str(statement.line_count),
            amount=format_minor(statement.base_minor, statement.currency),
            share_minor=statement.share_minor,
            estimate=(figures.estimated_minor, figures.actual_minor),
        )
    )


def _with_extras(lines: Iterable[bytes | bytearray | memoryview], extras: Mapping[int, ExtraCells]) -> Iterator[bytes]:
    """Each line with its further cells; PostgreSQL sends one row at a time, in the order of their numbers."""
    for number, line in enumerate(lines, 1):
        text = io.StringIO()
        csv.writer(text, lineterminator="\n").writerow(map(inert, extras.get(number, NOTHING_MORE).cells()))
        yield bytes(line).removesuffix(b"\n") + b"," + text.getvalue().encode()


def _summary(
    statement: Statement,
    kind: str,
    *,
    share_minor: int,
    lines: str = "",
    amount: str = "",
    estimate: tuple[int, ...] = (),
    currency: str = "",
) -> bytes:
    """A row of figures, in the statement's currency unless another is named; none of its cells needs quoting."""
    currency = currency or statement.currency
    share = format_minor(share_minor, currency)
    cells = [kind, statement.number, statement.period_text, lines, *[""] * 6, currency, amount, share]
    cells += [format_minor(minor, statement.currency) for minor in estimate]
    return ",".join([*cells, *[""] * (len(COLUMNS) - len(cells))]).encode() + b"\n"
