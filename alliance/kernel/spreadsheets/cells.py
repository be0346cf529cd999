"""Single cells: what they say, what they mean as numbers, and how one is shown by a spreadsheet without being run."""

import re
from datetime import date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Context, Decimal
from typing import Final, NamedTuple

_WHOLE_DIGITS: Final = 12
_DECIMALS: Final = 6
_NUMBER: Final = re.compile(r"[+-]?(\d+)(?:\.(\d+))?", re.ASCII)
_GROUPED: Final = re.compile(r"[+-]?\d{1,3}(?:,\d{3})+(?:\.\d+)?", re.ASCII)
_STARTS_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")
_SHOWN_NUMBER: Final = re.compile(r"[+-]?\d+([.,]\d+)*", re.ASCII)
EXACT: Final = Context(prec=60, rounding=ROUND_HALF_UP)

Cell = int | float | str | bool | time | date | datetime | timedelta


class RowError(NamedTuple):
    """Why a row is refused: the header's name of the column (or empty) and a stable code of the reason."""

    row: int
    column: str
    code: str


class CellRefusedError(ValueError):
    """One cell can't be read; `code` is the stable reason."""

    def __init__(self, code: str) -> None:
        self.code = code
        super().__init__(code)


def cell_text(cell: Cell) -> str:
    """What a cell says. Numbers with the fifteen digits a spreadsheet keeps, dates as `2010-12-01 08:26:00`."""
    if isinstance(cell, str):
        return cell.replace("\0", "")
    if isinstance(cell, bool):
        return "TRUE" if cell else "FALSE"
    if isinstance(cell, float):
        return format(Decimal(format(cell, ".15g")), "f") if cell == cell else ""  # noqa: PLR0124  not-a-number
    if isinstance(cell, datetime):
        return cell.replace(microsecond=0).isoformat(sep=" ")
    if isinstance(cell, date):
        return f"{cell.isoformat()} 00:00:00"
    return str(cell)


def inert(cell: str) -> str:
    """The cell with an apostrophe in front when a spreadsheet would take it for a formula; numbers stay as they are."""
    if cell.startswith(_STARTS_FORMULA) and _SHOWN_NUMBER.fullmatch(cell) is None:
        return f"'{cell}"
    return cell


def parse_number(text: str, decimal_mark: str = ".") -> Decimal:
    """The number that `text` means, without trailing zeros; raises `CellRefusedError`.

    Thousands may be grouped by the other mark (1,234.50 or 1.234,50) or by spaces. No exponents, no
    digits of other scripts.
    """
    plain = text.replace("\u00a0", "").replace("\u202f", "").replace(" ", "")
    if decimal_mark == ",":
        plain = plain.translate({ord(","): ".", ord("."): ","})
    if _GROUPED.fullmatch(plain):
        plain = plain.replace(",", "")
    if (match := _NUMBER.fullmatch(plain)) is None:
        raise CellRefusedError("not_a_number")
    whole, decimals = match.groups(default="")
    if len(whole.lstrip("0")) > _WHOLE_DIGITS or len(decimals.rstrip("0")) > _DECIMALS:
        raise CellRefusedError("too_precise")
    return Decimal(plain).normalize(EXACT)
