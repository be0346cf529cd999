"""How people write an item's lists and properties into a form, and how they are written back."""

import json
import re
from collections.abc import Iterable, Mapping
from typing import Final

from partners.catalogue.domain.items import Scalar

_SEPARATORS: Final = re.compile(r"[,;|，；、\n]+")


class PropertyLineError(ValueError):
    """A line of properties has no name; `line` is the line."""

    def __init__(self, line: str) -> None:
        self.line = line
        super().__init__(line)


def split_tags(text: str) -> tuple[str, ...]:
    """Tags parted by commas, semicolons, bars or lines, in Chinese writing too."""
    return tuple(tag for part in _SEPARATORS.split(text) if (tag := part.strip()))


def join_tags(tags: Iterable[str]) -> str:
    """The tags as `split_tags` reads them."""
    return ", ".join(tags)


def split_properties(text: str) -> dict[str, Scalar]:
    """Properties, one in each line: `colour: red`. Numbers, true and false are what they look like, unless in quotes.

    Raises `PropertyLineError`.
    """
    found: dict[str, Scalar] = {}
    for line in text.splitlines():
        if not line.strip():
            continue
        name, separator, value = line.replace("：", ":").partition(":")
        if not (separator and name.strip()):
            raise PropertyLineError(line.strip())
        found[name.strip()] = _scalar(value.strip())
    return found


def join_properties(attributes: Mapping[str, Scalar]) -> str:
    """The properties as `split_properties` reads them."""
    return "\n".join(f"{name}: {_written(value)}" for name, value in attributes.items())


def _scalar(text: str) -> Scalar:
    try:
        value = json.loads(text)
    except (ValueError, RecursionError):
        return text
    return value if isinstance(value, str | int | float | bool) else text


def _written(value: Scalar) -> str:
    if isinstance(value, str) and _scalar(value) == value and "\n" not in value:
        return value
    return json.dumps(value, ensure_ascii=False)
