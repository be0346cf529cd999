"""The rows of a file that could not be taken, as a CSV to mend and upload again."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from typing import IO, Final, NamedTuple

from django.http import FileResponse
from django.utils.translation import gettext as _

from alliance.kernel.spreadsheets.cells import inert

_IN_MEMORY: Final = 4 << 20


class RefusedCell(NamedTuple):
    """One cell that could not be taken, with all cells of its row. `reason` is a sentence for people."""

    row: int
    column: str
    reason: str
    cells: Sequence[object]


def error_file_response(header: Sequence[str], refused: Iterable[RefusedCell], *, filename: str) -> FileResponse:
    """A download of every row of `refused` (in the order of the rows), safe to open in a spreadsheet.

    UTF-8 with a mark, for Excel. First the file's own columns as they came, then row, column and reason.
    """
    file = tempfile.SpooledTemporaryFile(max_size=_IN_MEMORY)  # noqa: SIM115  the response closes it
    _write(file, header, refused)
    file.seek(0)
    response = FileResponse(file, as_attachment=True, filename=filename, content_type="text/csv")
    response["Cache-Control"] = "private, no-store"
    return response


def _write(file: IO[bytes], header: Sequence[str], refused: Iterable[RefusedCell]) -> None:
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="", write_through=True)
    writer = csv.writer(text)
    writer.writerow([*map(inert, header), _("Row"), _("Column"), _("Reason")])
    writer.writerows(_lines(refused, len(header)))
    text.detach()


def _lines(refused: Iterable[RefusedCell], width: int) -> Iterator[list[str]]:
    """One line for each row of the file; several reasons of one row stand in its one line."""
    at: int | None = None
    line: list[str] = []
    for cell in refused:
        if cell.row == at:
            line[-2] += f"; {inert(cell.column)}"
            line[-1] += f"; {cell.reason}"
            continue
        if line:
            yield line
        cells = [inert(str(value)) for value in cell.cells]
        at = cell.row
        line = [*cells[:width], *[""] * (width - len(cells)), str(at), inert(cell.column), cell.reason]
    if line:
        yield line
