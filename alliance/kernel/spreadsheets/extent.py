"""How far the cells of a worksheet reach. The workbook's reader holds the whole rectangle in memory, filled or not.

A sheet of two cells, A1 and XFD1048576, weighs five kilobytes and asks for hundreds of gigabytes; the reader does not
refuse it, it ends the process. So the corners are found first, from the text of the part.
"""

import re
from typing import Final
from xml.parsers import expat

from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

MAX_CELLS: Final = 12_000_000
_CELL: Final = re.compile(rb'<c[\s/>](?:r="([A-Z]{1,3})(\d{1,7})")?')
_ROW: Final = re.compile(rb'<row[\s/>](?:r="(\d{1,7})")?')
_PREFIXED: Final = re.compile(rb":(?:c|row)[\s/>]")
_POSITION: Final = re.compile(r"([A-Z]{1,3})(\d{1,7})")
_CONTENT: Final = frozenset({"v", "is", "f"})
_SHEET: Final = b"sheetData"  # without this element the reader takes nothing from a part
_OVERLAP: Final = 64  # bytes; longer than the beginning of a tag that is looked for


def column_number(letters: str) -> int:
    """A is 1, Z 26, AA 27."""
    number = 0
    for letter in letters:
        number = number * 26 + ord(letter) - ord("A") + 1
    return number


class QuickExtent:
    """Sees the corners of a sheet written as spreadsheets write it; knows when it has not understood all of it.

    It counts formatted cells without content too, so it may see too large a rectangle, never too small a one.
    """

    def __init__(self) -> None:
        self._left = b""
        self._columns: set[bytes] = set()
        self._rows = 0
        self._is_plain = True
        self._is_sheet = False

    def feed(self, part: bytes) -> None:
        """Take the next piece of the part."""
        text = self._left + part
        cut = text.rfind(b"<", max(0, len(text) - _OVERLAP))
        text, self._left = (text, b"") if cut < 0 else (text[:cut], text[cut:])
        self._look(text)

    def is_small(self) -> bool:
        """Whether the part, now that all was fed, is no sheet or one that certainly fits."""
        self._look(self._left)
        if not self._is_sheet:
            return True
        width = max((column_number(letters.decode()) for letters in self._columns), default=0)
        return self._is_plain and width * self._rows <= MAX_CELLS

    def _look(self, text: bytes) -> None:
        self._is_sheet = self._is_sheet or _SHEET in text
        rows = set(_ROW.findall(text))
        if cells := _CELL.findall(text):
            letters, numbers = zip(*cells, strict=True)
            self._columns.update(letters)
            rows.update(numbers)
        self._is_plain = self._is_plain and b"" not in rows and _PREFIXED.search(text) is None
        self._rows = max(self._rows, max((int(row) for row in rows if row), default=0))


class ExactExtent:
    """Follows the part as XML, and stops at the first filled cell that makes the rectangle too large."""

    def __init__(self) -> None:
        self._parser = expat.ParserCreate()
        self._parser.StartElementHandler = self._start
        self._parser.EntityDeclHandler = self._refuse
        self._row = self._cell_row = self._column = 0
        self._rows = self._columns = 0

    def feed(self, part: bytes, *, is_last: bool = False) -> None:
        """Take the next piece; raises `FileRefusedError` when the rectangle is too large or this is no XML."""
        try:
            self._parser.Parse(part, is_last)
        except (expat.ExpatError, ValueError) as error:
            raise FileRefusedError(FileProblem.XLSX_DAMAGED) from error

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        tag = name.rpartition(":")[2]
        if tag == "row":
            self._row, self._column = int(attributes.get("r", self._row + 1)), 0
            self._cell_row = self._row
        elif tag == "c":
            found = _POSITION.fullmatch(attributes.get("r", ""))
            self._column = column_number(found[1]) if found else self._column + 1
            self._cell_row = max(self._row, int(found[2])) if found else self._row
        elif tag in _CONTENT:
            self._rows, self._columns = max(self._rows, self._cell_row), max(self._columns, self._column)
            if self._rows * self._columns > MAX_CELLS:
                raise FileRefusedError(FileProblem.SHEET_TOO_WIDE)

    def _refuse(self, *_: object) -> None:
        raise FileRefusedError(FileProblem.XLSX_DAMAGED)
