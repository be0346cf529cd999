"""Rearranging a form before it is saved: one more row, one less, a row further up or down."""

from collections.abc import Callable, Mapping
from typing import Final

from partners.drafts.shapes.reading import MOST_ROWS

Json = dict[str, object]
SAVE: Final = "save"
CHOOSE: Final = "choose"


def rearranged(value: Mapping[str, object], act: str) -> Json:
    """The JSON after an act such as `add:pays.shares`, `remove:when.0.all_of.2` or `up:pays.steps.1`.

    `choose` changes nothing: it only asks for the inputs of what was chosen. What names no place changes nothing either.
    """
    verb, _, path = act.partition(":")
    if not path:
        return dict(value)
    if verb == "add":
        return _added(value, path.split("."))
    *steps, place = path.split(".")
    return _changed(value, steps, verb, int(place)) if place.isdecimal() else dict(value)


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
