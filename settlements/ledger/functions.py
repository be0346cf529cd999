"""Calling the ledger's database functions on the connection of the open scope."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import LiteralString, TypeAlias, TypeVar
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.ledger.refusals import refusals

T = TypeVar("T")
Parameter: TypeAlias = str | date | datetime | UUID | list[object] | None


def call_for_uuid(statement: LiteralString, parameters: Sequence[Parameter]) -> UUID:
    """The one id that `statement` answers. Refusals come as `LedgerRefusedError`s."""
    return _answer(statement, parameters, UUID)


def call_for_uuids(statement: LiteralString, parameters: Sequence[Parameter]) -> list[UUID]:
    """The array of ids that `statement` answers. Refusals come as `LedgerRefusedError`s."""
    return _answer(statement, parameters, list)


def call_for_truth(statement: LiteralString, parameters: Sequence[Parameter]) -> bool:
    """The boolean that `statement` answers. Refusals come as `LedgerRefusedError`s."""
    return _answer(statement, parameters, bool)


def call_for_number(statement: LiteralString, parameters: Sequence[Parameter]) -> int:
    """The whole number that `statement` answers. Refusals come as `LedgerRefusedError`s."""
    return _answer(statement, parameters, int)


def _answer(statement: LiteralString, parameters: Sequence[Parameter], kind: type[T]) -> T:
    with refusals(), connections[database_alias()].cursor() as cursor:
        cursor.execute(statement, parameters)
        row = cursor.fetchone()
    if row is None or not isinstance(row[0], kind):
        raise TypeError(f"{statement} answered {row}")
    return row[0]
