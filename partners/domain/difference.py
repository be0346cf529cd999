"""What changes from one version of terms to another: every value, named by the part it belongs to."""

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from types import MappingProxyType
from typing import Final, Literal

from partners.domain.terms import Terms

Kind = Literal["added", "removed", "changed"]
Path = tuple[str, ...]
KINDS: Final = ("added", "removed", "changed")

# What names an entry of a list, whatever its place.
_IDENTITIES: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "clauses": ("id",),
        "caps": ("id",),
        "advances": ("id",),
        "guarantees": ("party",),
        "payouts": ("party",),
        "withholding": ("party",),
        "value_added_tax": ("party",),
        "data_sharing": ("giver", "receiver"),
        "shares": ("party", "purpose"),
        "pool": ("party",),
    }
)
_NOBODY_NAMED: Final = "everybody"  # a payout rule without a party


@dataclass(frozen=True, slots=True)
class Change:
    """One value that differs. `path` names entries of lists by their ids or parties, else by their place from 0.

    `before` is `None` for what is added, `after` for what is removed; both are JSON.
    """

    kind: Kind
    path: str
    before: object
    after: object


def difference(before: Terms, after: Terms) -> tuple[Change, ...]:
    """Every change, in the order of the terms; nothing for equal terms. Swapping the terms swaps the changes."""
    return tuple(_of_objects(before.to_json(), after.to_json(), ()))


def _of_values(before: object, after: object, path: Path) -> Iterator[Change]:
    if before == after:
        return
    if isinstance(before, dict) and isinstance(after, dict):
        yield from _of_objects(before, after, path)
    elif isinstance(before, list) and isinstance(after, list) and _has_parts(before, after):
        yield from _of_lists(before, after, path)
    elif before is None:
        yield Change("added", ".".join(path), None, after)
    elif after is None:
        yield Change("removed", ".".join(path), before, None)
    else:
        yield Change("changed", ".".join(path), before, after)


def _has_parts(*lists: list[object]) -> bool:
    return all(isinstance(entry, dict) for entries in lists for entry in entries)


def _of_objects(before: Mapping[str, object], after: Mapping[str, object], path: Path) -> Iterator[Change]:
    for name in merged_order(list(before), list(after)):
        yield from _of_values(before.get(name), after.get(name), (*path, name))


def _of_lists(before: Sequence[object], after: Sequence[object], path: Path) -> Iterator[Change]:
    if identity := _IDENTITIES.get(path[-1]):
        yield from _of_named(_by_name(before, identity), _by_name(after, identity), path)
        return
    matcher = SequenceMatcher(None, [_text(x) for x in before], [_text(x) for x in after], autojunk=False)
    for operation, i, i_end, j, j_end in matcher.get_opcodes():
        if operation == "equal":
            continue
        paired = min(i_end - i, j_end - j)
        for step in range(paired):
            yield from _of_values(before[i + step], after[j + step], (*path, str(j + step)))
        for place in range(i + paired, i_end):
            yield Change("removed", ".".join((*path, str(place))), before[place], None)
        for place in range(j + paired, j_end):
            yield Change("added", ".".join((*path, str(place))), None, after[place])


def _of_named(before: Mapping[str, object], after: Mapping[str, object], path: Path) -> Iterator[Change]:
    yield from _of_objects(before, after, path)
    old_order = [name for name in before if name in after]
    new_order = [name for name in after if name in before]
    if old_order != new_order:
        yield Change("changed", ".".join((*path, "order")), old_order, new_order)


def _by_name(entries: Sequence[object], identity: tuple[str, ...]) -> dict[str, object]:
    return {_name(entry, identity): entry for entry in entries}


def _name(entry: object, identity: tuple[str, ...]) -> str:
    values = entry if isinstance(entry, dict) else {}
    return ".".join(str(values.get(column, _NOBODY_NAMED)) for column in identity)


def _text(value: object) -> str:
    return json.dumps(value, sort_keys=True)


def merged_order(before: Sequence[str], after: Sequence[str]) -> list[str]:
    """All names once: in the order of `after`, and what is gone behind what it stood behind."""
    merged = list(after)
    known = set(merged)
    for place, name in enumerate(before):
        if name in known:
            continue
        earlier = next((merged.index(other) for other in reversed(before[:place]) if other in known), -1)
        merged.insert(earlier + 1, name)
        known.add(name)
    return merged
