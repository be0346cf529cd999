"""Every way in which one single field of terms can say something else."""

import types
import typing
from collections.abc import Iterator
from datetime import date, timedelta
from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from typing import Annotated, Any, Literal, Union
from uuid import UUID

from partners.domain.terms.exact import Part

Path = tuple[str, ...]


def variants(part: Part, parties: tuple[UUID, ...]) -> Iterator[tuple[Path, Part]]:
    """The part with one field changed, for each field of it and of the parts in it; not validated."""
    for name, field in type(part).model_fields.items():
        for path, value in _others(getattr(part, name), field.annotation, parties):
            yield (name, *path), part.model_copy(update={name: value})


def _others(value: Any, kind: Any, parties: tuple[UUID, ...]) -> Iterator[tuple[Path, Any]]:
    if isinstance(value, Part):
        yield from variants(value, parties)
        if _is_optional(kind):
            yield (), None
        return
    if isinstance(value, tuple):
        for place, inner in enumerate(value):
            for path, other in _others(inner, _inner(kind), parties):
                yield (str(place), *path), (*value[:place], other, *value[place + 1 :])
        if len(value) > 1 or (value and not isinstance(value[0], Part)):
            yield (), value[:-1] or (*value, *value)
        return
    yield from (((), other) for other in _of_same_kind(value, kind, parties) if other != value)


def _is_optional(kind: Any) -> bool:
    return typing.get_origin(kind) in {Union, types.UnionType} and type(None) in typing.get_args(kind)


def _inner(kind: Any) -> Any:
    return next(iter(typing.get_args(_unwrapped(kind))), None)


def _unwrapped(kind: Any) -> Any:
    while typing.get_origin(kind) is Annotated:
        kind = typing.get_args(kind)[0]
    if typing.get_origin(kind) in {Union, types.UnionType}:
        return _unwrapped(next(k for k in typing.get_args(kind) if k is not type(None)))
    return kind


def _of_same_kind(value: Any, kind: Any, parties: tuple[UUID, ...]) -> Iterator[Any]:
    bare = _unwrapped(kind)
    if isinstance(bare, type) and issubclass(bare, Part):
        return  # a part that is missing: the examples have one elsewhere
    if _is_optional(kind) and value is not None:
        yield None
    if typing.get_origin(bare) is Literal:
        yield from typing.get_args(bare)
    elif isinstance(bare, type) and issubclass(bare, StrEnum):
        yield from bare
    else:
        yield _SAMPLES[bare](value) if bare is not UUID else next(party for party in parties if party != value)


_SAMPLES: dict[Any, Any] = {
    bool: lambda value: not value,
    int: lambda value: 2 + (value or 0),
    Fraction: lambda value: (value or Fraction(0)) / 2 + Fraction(1, 7),
    Decimal: lambda value: (value or Decimal(0)) + Decimal("1.5"),
    date: lambda value: value + timedelta(days=1),
    str: lambda value: {"DE": "FR", "US": "FR", "JP": "FR", "EUR": "GBP", "JPY": "GBP", None: "GBP"}.get(
        value, f"{value}x"
    ),
}
