"""Rearranging a form before it is saved: one more row, one less, a row further up or down."""

from collections.abc import Callable, Mapping
from typing import Final

from partners.drafts.shapes.reading import MOST_ROWS

Json = dict[str, object]
SAVE: Final = "save"
READ: Final = "read"  # in words, what is typed


def rearranged(value: Mapping[str, object], act: str) -> Json:
    """The JSON after an act such as `add:pays.shares`, `remove:when.0.all_of.2` or `up:pays.steps.1`.

    `choose:pays.kind` changes nothing: it only asks for the inputs of what was chosen. Nor does what names no place.
    """
    verb, _, path = act.partition(":")
    if not path:
        return dict(value)
    if verb == "add":
        return _added(value, path.split("."))
    *steps, place = path.split(".")
    return _changed(value, steps, verb, int(place)) if place.isdecimal() else dict(value)


def place_after(value: Mapping[str, object], act: str) -> str:
    """Where somebody goes on after an act on `value`, the JSON as it is then."""
    verb, _, path = act.partition(":")
    rows, _, place = path.rpartition(".")
    if verb == "add":
        return f"{path}.{max(_count(value, path.split('.')) - 1, 0)}"
    if verb in {"up", "down"} and place.isdecimal():
        return f"{rows}.{int(place) + (1 if verb == 'down' else -1)}"
    return rows if verb == "remove" else path


def _count(value: object, steps: list[str]) -> int:
    for step in steps:
        if isinstance(value, Mapping):
            value = value.get(step)
        elif isinstance(value, list) and step.isdecimal() and int(step) < len(value):
            value = value[int(step)]
        else:
            return 0
    return len(value) if isinstance(value, list) else 0


def _added(value: Mapping[str, object], steps: list[str]) -> Json:
    def add(rows: list[object]) -> list[object]:
        return [*rows, {}] if len(rows) < MOST_ROWS else rows

    return _at(value, steps, add)


def _changed(value: Mapping[str, object], steps: list[str], verb: str, place: int) -> Json:
    def change(rows: list[object]) -> list[object]:
        other = {"up": place - 1, "down": place + 1}.get(verb)
        if not 0 <= place < len(rows):
            return rows
        if verb == "remove":
            return [*rows[:place], *rows[place + 1 :]]
        if other is None or not 0 <= other < len(rows):
            return rows
        moved = list(rows)
        moved[place], moved[other] = moved[other], moved[place]
        return moved

    return _at(value, steps, change)


def _at(value: object, steps: list[str], change: Callable[[list[object]], list[object]]) -> Json:
    """The object with the list at the end of `steps` changed; as it is where there is no such place."""
    found = _within(value, steps, change)
    return dict(found) if isinstance(found, Mapping) else {}


def _within(value: object, steps: list[str], change: Callable[[list[object]], list[object]]) -> object:
    if not steps:
        return change(value if isinstance(value, list) else [])
    step, *rest = steps
    if isinstance(value, list):
        if not step.isdecimal() or int(step) >= len(value):
            return value
        place = int(step)
        return [*value[:place], _within(value[place], rest, change), *value[place + 1 :]]
    said = value if isinstance(value, Mapping) else {}
    return {**said, step: _within(said.get(step, {} if rest else []), rest, change)}
