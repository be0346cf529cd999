"""What a statement's files say: the head, the columns, and the lines as a stream."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from django.db import connections

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import database_alias
from settlements.changes import BACK, after_sale
from settlements.exchange.other_currencies import told_currencies
from settlements.models import Statement, StatementLine

COLUMNS: Final = (
    "row",
    "statement",
    "period",
    "line",
    "section",
    "kind",
    "reference",
    "occurred_at",
    "effective_on",
    "terms_version",
    "currency",
    "amount",
    "share",
    "estimated",
    "actual",
    "after_sale",
)
_FETCHED: Final = 2_000

# What a statement's own lines changed of its orders, by the order's accrual: the same as `settlements.changes` says of one page.
CHANGED_SQL: Final = """
SELECT order_id, sum(share_minor) AS delta_minor, sum(base_minor) AS base_minor,
       coalesce(sum(base_minor) FILTER (WHERE kind <> 'refund'), 0) AS charged_minor
FROM (
  SELECT a.original_id AS order_id, l.kind, l.share_minor, l.base_minor
  FROM settlements_statementline AS l JOIN settlements_accrual AS a ON a.id = l.accrual_id
  WHERE l.statement_id = %(id)s AND l.kind IN ('refund', 'chargeback', 'chargeback_won')
  UNION ALL
  SELECT coalesce(a.original_id, a.id), l.kind, l.share_minor, 0
  FROM settlements_statementline AS l JOIN settlements_adjustment AS j ON j.id = l.adjustment_id
    JOIN settlements_accrual AS a ON a.id = j.accrual_id
  WHERE l.statement_id = %(id)s AND l.section = 'adjustment' AND l.kind NOT IN ('value_added_tax', 'tax_reversed', 'exchanged')
) AS changing WHERE order_id IS NOT NULL GROUP BY order_id
"""


class ExportedLine(NamedTuple):
    """One line, amounts in minor units."""

    line_number: int
    section: str
    kind: str
    reference: str
    occurred_at: datetime
    effective_on: date
    terms_number: int
    currency: str
    base_minor: int
    share_minor: int


def visible_statement(statement_id: UUID) -> Statement:
    """The statement, with the one before; raises `NotFoundError` when the scope does not see it."""
    statement = Statement.objects.select_related("previous").filter(pk=statement_id).first()
    if statement is None:
        raise NotFoundError
    return statement


def other_rows(statement: Statement) -> Iterator[tuple[str, str, int]]:
    """The rows of what the period did in other currencies: kind of row, currency, amount; what left is below 0.

    Kinds of their own, so that whoever adds up rows of one kind never adds up two currencies.
    """
    for other in told_currencies(statement):
        yield "other_opening", other.currency, other.opening_minor
        yield "other_exchanged", other.currency, other.exchanged_minor
        yield "other_tax_reversed", other.currency, other.tax_reversed_minor
        yield "other_withheld", other.currency, -other.withheld_minor
        yield "other_paid", other.currency, -other.paid_minor
        yield "other_closing", other.currency, other.closing_minor


def lines_of(statement: Statement) -> Iterator[ExportedLine]:
    """The lines in their order. Iterate inside a transaction: they come through a server-side cursor."""
    rows = StatementLine.objects.filter(statement_id=statement.id).order_by("line_number")
    for row in rows.values_list(*ExportedLine._fields).iterator(chunk_size=_FETCHED):
        yield ExportedLine(*row)


class EstimatedLine(NamedTuple):
    """What an order's line says besides: in minor units; `after_sale` is one of `settlements.changes.AfterSale`, or empty."""

    estimated_minor: int
    actual_minor: int
    after_sale: str


def estimated_lines_of(statement: Statement) -> Iterator[tuple[ExportedLine, EstimatedLine | None]]:
    """The lines in their order, those of orders with what was estimated and what is left. As `lines_of`, in a transaction.

    Keeps in memory what was changed, not what was sold.
    """
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(CHANGED_SQL, {"id": statement.id})
        changed = {row[0]: (int(row[1]), int(row[2]), int(row[3])) for row in cursor.fetchall()}
    rows = StatementLine.objects.filter(statement_id=statement.id).order_by("line_number")
    columns = ("accrual_id", *ExportedLine._fields)
    for accrual_id, *row in rows.values_list(*columns).iterator(chunk_size=_FETCHED):
        line = ExportedLine(*row)
        is_order = accrual_id is not None and line.kind not in BACK
        yield line, _estimated(line, *changed.get(accrual_id, (0, 0, 0))) if is_order else None


def _estimated(line: ExportedLine, delta_minor: int, back_minor: int, charged_minor: int) -> EstimatedLine:
    said = after_sale(line.base_minor, back_minor=back_minor, charged_minor=charged_minor)
    return EstimatedLine(line.share_minor, line.share_minor + delta_minor, said.value if said else "")
