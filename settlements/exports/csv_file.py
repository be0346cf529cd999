"""A statement as CSV. The lines are written by PostgreSQL itself: nothing but bytes passes through here."""

from typing import BinaryIO, Final

from django.db import connections

from alliance.kernel.money import exponent, format_minor
from alliance.kernel.tenancy import database_alias
from settlements.exports.reading import COLUMNS
from settlements.models import Statement

BYTE_ORDER_MARK: Final = b"\xef\xbb\xbf"  # else Excel takes UTF-8 for something older

# Whoever wrote a reference may have thought of a spreadsheet's formulas: a leading = + - @, tab or line end gets an
# apostrophe in front. The other texts are words of our own.
_LINES: Final = r"""
COPY (
  SELECT 'line', %(number)s, %(month)s, line_number, section, kind,
         CASE WHEN reference ~ '^[=+@\t\r\n-]' THEN '''' || reference ELSE reference END,
         to_char(occurred_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS"Z"'), to_char(effective_on, 'YYYY-MM-DD'),
         terms_number, currency, round(base_minor / %(unit)s::numeric, %(places)s), round(share_minor / %(unit)s::numeric, %(places)s)
  FROM settlements_statementline WHERE statement_id = %(id)s ORDER BY line_number
) TO STDOUT WITH (FORMAT csv)
"""


def write_csv(statement: Statement, file: BinaryIO) -> None:
    """Write the statement as UTF-8 CSV with a mark: opening, lines, what was withheld and paid, closing, and the control totals last.

    Amounts have the currency's decimals. Memory stays flat.
    """
    places = exponent(statement.currency)
    parameters = {
        "id": statement.id,
        "number": statement.number,
        "month": statement.period_text,
        "places": places,
        "unit": 10**places,
    }
    file.write(BYTE_ORDER_MARK + ",".join(COLUMNS).encode() + b"\n")
    file.write(_summary(statement, "opening", share_minor=statement.opening_minor))
    with connections[database_alias()].cursor() as cursor, cursor.copy(_LINES, parameters) as lines:
        file.writelines(lines)
    file.write(_summary(statement, "withheld", share_minor=-statement.withheld_minor))
    file.write(_summary(statement, "paid", share_minor=-statement.paid_minor))
    file.write(_summary(statement, "closing", share_minor=statement.closing_minor))
    file.write(
        _summary(
            statement,
            "total",
            lines=str(statement.line_count),
            amount=format_minor(statement.base_minor, statement.currency),
            share_minor=statement.share_minor,
        )
    )


def _summary(statement: Statement, kind: str, *, share_minor: int, lines: str = "", amount: str = "") -> bytes:
    """A row of figures; none of its cells needs quoting."""
    facts = [""] * (len(COLUMNS) - 7)
    share = format_minor(share_minor, statement.currency)
    cells = [kind, statement.number, statement.period_text, lines, *facts, statement.currency, amount, share]
    return ",".join(cells).encode() + b"\n"
