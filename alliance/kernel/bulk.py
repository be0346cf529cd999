"""Many rows into a table, or changed in it, by one statement, under row-level security.

COPY can't write to a table with row-level security, and the runtime role may not create temporary tables; so rows go
as one array for each column through `unnest`, which is within a factor of two of COPY and needs no right.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

Constant = UUID | datetime | list[str] | bool | int | None


@dataclass(frozen=True, slots=True)
class Column:
    """A column and its PostgreSQL type. `is_text` values are quoted; others are written as `str` gives them.

    `cast` is for a column that can't come in an array of its own type: an array is sent as its text and cast.
    """

    name: str
    type: str
    is_text: bool = False
    cast: str = ""

    @property
    def taken(self) -> str:
        """The value of a new row, as the table wants it."""
        return f"new_rows.{self.name}::{self.cast}" if self.cast else f"new_rows.{self.name}"


ID: Final = Column("id", "uuid")


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
        taken = ", ".join(column.taken for column in self.columns)
        order = f" ORDER BY {self.order_by}" if self.order_by else ""
        return (
            f"INSERT INTO {self.table} ({names}) SELECT {constants}{taken} "  # noqa: S608  constants of the code
            f"FROM {_new_rows(self.columns)}{order} {self.ending}"
        )

    def run(self, rows: Sequence[Sequence[object]], constants: Sequence[Constant] = ()) -> list[tuple[object, ...]]:
        """Insert the rows on the scope's connection; what RETURNING gives, if the statement has one."""
        return _run(self.sql, self.columns, rows, constants)


@dataclass(frozen=True, slots=True)
class BulkUpdate:
    """One prepared statement: rows of a table, named by their `id`, get new values in `columns`.

    `constants` get the same value in all of them; `also` is a further assignment (`version = old.version + 1`). Lock the
    rows in a fixed order before, else two such statements may wait for each other for ever.
    """

    table: str
    columns: tuple[Column, ...]
    constants: tuple[Column, ...] = ()
    also: str = ""

    @property
    def sql(self) -> str:
        """The statement; its parameters are the constants, then the ids and one array for each column."""
        set_to = [f"{column.name} = %s::{column.type}" for column in self.constants]
        set_to += [f"{column.name} = {column.taken}" for column in self.columns]
        set_to += [self.also] if self.also else []
        return (
            f"UPDATE {self.table} AS old SET {', '.join(set_to)} "  # noqa: S608  constants of the code
            f"FROM {_new_rows((ID, *self.columns))} WHERE old.id = new_rows.id"
        )

    def run(self, rows: Sequence[Sequence[object]], constants: Sequence[Constant] = ()) -> None:
        """Change the rows, each the id and its new values, on the scope's connection."""
        _run(self.sql, (ID, *self.columns), rows, constants)


def _new_rows(columns: Sequence[Column]) -> str:
    arrays = ", ".join(f"%s::{column.type}[]" for column in columns)
    aliases = ", ".join(column.name for column in columns)
    return f"unnest({arrays}) AS new_rows ({aliases})"


def _run(
    sql: str, columns: Sequence[Column], rows: Sequence[Sequence[object]], constants: Sequence[Constant]
) -> list[tuple[object, ...]]:
    if not rows:
        return []
    arrays = [_array(values, column) for column, values in zip(columns, zip(*rows, strict=True), strict=True)]
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(sql, [*constants, *arrays])
        return list(cursor.fetchall()) if cursor.description else []


def text_array(texts: Sequence[str]) -> str:
    """Texts as PostgreSQL writes an array of them: the value of a column with the cast `text[]`."""
    return "{" + ",".join([_quoted(text) for text in texts]) + "}"


def _array(values: Sequence[object], column: Column) -> str:
    """A PostgreSQL array literal."""
    if column.is_text:
        return "{" + ",".join(["NULL" if value is None else _quoted(str(value)) for value in values]) + "}"
    if column.type == "timestamptz":
        written = {value: "NULL" if value is None else f'"{value}"' for value in set(values)}
        return "{" + ",".join([written[value] for value in values]) + "}"
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def _quoted(text: str) -> str:
    if "\\" in text or '"' in text:
        text = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{text}"'
