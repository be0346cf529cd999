"""What a draft says already, although other parts of it may be unfinished."""

import typing
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final
from uuid import UUID

from pydantic import TypeAdapter, ValidationError

from partners.domain.terms import Terms
from partners.sentences import Passage, Section, sections_of_terms

_NEEDED: Final = ("currency", "time_zone", "parties")  # without them there are no sentences at all
_WITH_NAMES_OF_THEIR_OWN: Final = frozenset({"schema_"})


@dataclass(frozen=True, slots=True)
class Sayable:
    """The parts that are right by themselves, as terms that were never checked as a whole.

    `unsaid` names the fields whose one part is wrong; nothing may be said about them.
    """

    terms: Terms
    unsaid: frozenset[str]


def sayable(written: Mapping[str, object]) -> Sayable | None:
    """The parts of a draft that can be said, `None` when not even its parties and currency are right."""
    values: dict[str, Any] = {}
    unsaid = set()
    for name, adapter in _adapters().items():
        if name not in written:
            continue
        said = list(_entries(adapter, written[name])) if adapter.is_list else _one(adapter.part, written[name])
        if said is None or (name in _NEEDED and not said):
            unsaid.add(name)
        else:
            values[name] = tuple(said) if isinstance(said, list) else said
    if not set(_NEEDED) <= set(values):
        return None
    values.setdefault("clauses", ())
    return Sayable(Terms.model_construct(**values), frozenset(unsaid))


def sections_of_draft(
    written: Mapping[str, object], names: Mapping[UUID, str], *, language: str
) -> tuple[Section, ...]:
    """The sentences of what is right in a draft."""
    found = sayable(written)
    if found is None:
        return ()
    said = sections_of_terms(found.terms, names, language=language)
    return tuple(Section(s.key, s.title, tuple(_without(s.passages, found.unsaid))) for s in said)


def _without(passages: tuple[Passage, ...], unsaid: frozenset[str]) -> Iterator[Passage]:
    for passage in passages:
        kept = tuple(s for s in passage.sentences if s.key.partition(".")[0] not in unsaid)
        if kept:
            yield Passage(passage.key, passage.title, kept)


@dataclass(frozen=True, slots=True)
class _Adapter:
    part: TypeAdapter[Any]
    is_list: bool


@cache
def _adapters() -> Mapping[str, _Adapter]:
    found = {}
    for name, field in Terms.model_fields.items():
        if name in _WITH_NAMES_OF_THEIR_OWN:
            continue
        is_list = typing.get_origin(field.annotation) is tuple
        part = typing.get_args(field.annotation)[0] if is_list else typing.cast("Any", field.rebuild_annotation())
        found[name] = _Adapter(TypeAdapter(part), is_list)
    return found


def _one(adapter: TypeAdapter[Any], value: object) -> Any:
    try:
        return adapter.validate_python(value)
    except ValidationError:
        return None


def _entries(adapter: _Adapter, value: object) -> Iterator[Any]:
    for entry in value if isinstance(value, list) else ():
        if (said := _one(adapter.part, entry)) is not None:
            yield said
