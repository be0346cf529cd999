"""Cells that a spreadsheet shows but never runs."""

import re
from typing import Final

_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)*", re.ASCII)


def inert(cell: str) -> str:
    """The cell with an apostrophe in front when a spreadsheet would take it for a formula; numbers stay as they are."""
    if cell.startswith(_STARTS_FORMULA) and _NUMBER.fullmatch(cell) is None:
        return f"'{cell}"
    return cell
