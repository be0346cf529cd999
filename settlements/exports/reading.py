"""What a statement's files say: the head, the columns, and the lines as a stream."""

from collections.abc import Iterator
from datetime import date, datetime
from typing import Final, NamedTuple
from uuid import UUID

from alliance.kernel.errors import NotFoundError
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
)
_FETCHED: Final = 2_000


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


def lines_of(statement: Statement) -> Iterator[ExportedLine]:
    """The lines in their order. Iterate inside a transaction: they come through a server-side cursor."""
    rows = StatementLine.objects.filter(statement_id=statement.id).order_by("line_number")
    for row in rows.values_list(*ExportedLine._fields).iterator(chunk_size=_FETCHED):
        yield ExportedLine(*row)
