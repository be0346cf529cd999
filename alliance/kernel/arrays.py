"""Long lists in queries: one array instead of a parameter for each, which costs more than the query itself."""

from collections.abc import Iterable
from uuid import UUID

from django.db.models.expressions import RawSQL


def one_of(ids: Iterable[UUID | str]) -> RawSQL:
    """For `filter(id__in=one_of(ids))`: the ids as one array."""
    return RawSQL("SELECT unnest(%s::uuid[])", [list(ids)])


def one_of_texts(texts: Iterable[str]) -> RawSQL:
    """As `one_of`, for texts."""
    return RawSQL("SELECT unnest(%s::text[])", [list(texts)])


def array_literal(values: Iterable[object]) -> str:
    """An array literal of what needs no quoting: ids, numbers, dates. Several times quicker than the driver's."""
    return "{" + ",".join(["NULL" if value is None else str(value) for value in values]) + "}"


def texts_literal(values: Iterable[str]) -> str:
    """An array literal of any texts."""
    return '{"' + '","'.join([v.replace("\\", "\\\\").replace('"', '\\"') for v in values]) + '"}'
