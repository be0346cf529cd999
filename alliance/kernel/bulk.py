"""Many rows into a table by one statement, under row-level security.

COPY can't write to a table with row-level security, and the runtime role may not create temporary tables; so rows go
as one array for each column through `unnest`, which is within a factor of two of COPY and needs no right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

Constant = UUID | datetime | list[str] | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its PostgreSQL type. `is_text` values are quoted; others are written as `str` gives them."""

    name: str
    type: str
    is_text: bool = False


@dataclass(frozen=True, slots=True)
class BulkInsert:
    """One prepared statement: the table, its columns, the constants, and what follows the SELECT.

    Table, column names and types are constants of the code, never input.
    """

    table: str
    columns: tuple[Column, ...]
    constants: tuple[Column, ...] = ()
    order_by: str = ""
    ending: str = ""

    @property
    def sql(self) -> str:
        """The statement; its parameters are the constants, then one array for each column."""
        names = ", ".join(column.name for column in (*self.constants, *self.columns))
        constants = "".join(f"%s::{column.type}, " for column in self.constants)
        arrays = ", ".join(f"%s::{column.type}[]" for column in self.columns)
        taken = ", ".join(f"new_rows.{column.name}" for column in self.columns)
        aliases = ", ".join(column.name for column in self.columns)
        order = f" ORDER BY {self.order_by}" if self.order_by else ""
        return (
            f"INSERT INTO {self.table} ({names}) SELECT {constants}{taken} "  # noqa: S608  constants of the code
            f"FROM unnest({arrays}) AS new_rows ({aliases}){order} {self.ending}"
        )

    def run(self, rows: Sequence[Sequence[object]], constants: Sequence[Constant] = ()) -> list[tuple[object, ...]]:
        """Insert the rows on the scope's connection; what RETURNING gives, if the statement has one."""
        if not rows:
            return []
        arrays = [_array(values, column) for column, values in zip(self.columns, zip(*rows, strict=True), strict=True)]
        with connections[database_alias()].cursor() as cursor:
            cursor.execute(self.sql, [*constants, *arrays])
            return list(cursor.fetchall()) if cursor.description else []


def _array(values: Sequence[object], column: Column) -> str:
    """A PostgreSQL array literal."""
    if column.is_text:
        return "{" + ",".join([_quoted(str(value)) for value in values]) + "}"
    if column.type == "timestamptz":
        written = {value: f'"{value}"' for value in set(values)}
        return "{" + ",".join([written[value] for value in values]) + "}"
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
