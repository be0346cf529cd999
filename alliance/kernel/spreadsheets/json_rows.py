"""A line of JSON as the cells of a row. Whatever is wrong with one line is said of that line, not of the file."""

import json
import math
from collections.abc import Mapping
from typing import Final, NoReturn

from alliance.kernel.spreadsheets.cells import cell_text

NOT_JSON: Final = "not_json"
UNKNOWN_KEY: Final = "unknown_key"
_SHOWN: Final = 2_000  # characters of a line that is no row

Json = str | int | float | bool | list[object] | dict[str, object] | None


class RefusedLine(list[str]):
    """The beginning of a line that is no row, as its only cell; `code` says why."""

    def __init__(self, line: str, code: str) -> None:
        super().__init__([line[:_SHOWN]])
        self.code = code


class _NotJsonError(ValueError):
    """Not-a-number, infinity, or a number beyond every double."""


def _refuse_constant(_name: str) -> NoReturn:
    raise _NotJsonError


def _finite(text: str) -> float:
    value = float(text)
    if math.isinf(value):
        raise _NotJsonError
    return value


def json_object(line: str) -> dict[str, Json] | None:
    """The object that the line is; `None` for anything else, however deep or odd.

    No NaN, no infinity, which JSON does not have.
    """
    try:
        found = json.loads(line, parse_constant=_refuse_constant, parse_float=_finite)
    except (ValueError, RecursionError):
        return None
    return found if isinstance(found, dict) else None


def column_name(key: str) -> str:
    """How a key is called as a column: without line breaks and doubled spaces."""
    return " ".join(key.split())


def json_cells(line: str, columns: Mapping[str, int]) -> list[str]:
    """The values by column, as text: lists and objects as compact JSON, `null` and missing ones empty.

    A `RefusedLine` for what is no JSON object, or has a key that is no column.
    """
    found = json_object(line)
    if found is None:
        return RefusedLine(line, NOT_JSON)
    cells = [""] * len(columns)
    for key, value in found.items():
        index = columns.get(column_name(key))
        if index is None:
            return RefusedLine(line, UNKNOWN_KEY)
        cells[index] = _text(value)
    return cells if _is_text(cells) else RefusedLine(line, NOT_JSON)


def _is_text(cells: list[str]) -> bool:
    """Whether every cell can be written down; half of a surrogate pair, which JSON can spell, can't."""
    try:
        "".join(cells).encode()
    except UnicodeEncodeError:
        return False
    return True


def _text(value: Json) -> str:
    if value is None:
        return ""
    if isinstance(value, list | dict):
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
    return cell_text(value)
