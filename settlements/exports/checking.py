"""A file that was just written, looked at by the tool that its receiver uses. What is not valid is never handed out."""

import csv
import io
import json
import shutil
import subprocess
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version as version_of
from importlib.util import find_spec
from types import MappingProxyType
from typing import BinaryIO, Final

from settlements.models import ExportFormat

_LARGEST: Final = 8 << 20  # what tools hold in memory whole
_SECONDS: Final = 120


class ExportInvalidError(RuntimeError):
    """The tool refuses the file: an error of this program."""


def checked_with(file: BinaryIO, file_format: ExportFormat) -> str:
    """What has found the file valid; empty when the tool is not installed here, or the file too large to hold.

    CSV and JSON Lines are read line by line, whatever their size. Raises `ExportInvalidError`.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    check = _STREAMED.get(file_format) or (_WHOLE.get(file_format) if size <= _LARGEST else None)
    return check(file) if check is not None else ""


def _csv(file: BinaryIO) -> str:
    """Every row has the header's cells."""
    text = io.TextIOWrapper(file, encoding="utf-8-sig", newline="")
    try:
        rows = csv.reader(text, strict=True)
        width = len(next(rows))
        count = 0
        for count, row in enumerate(rows, 1):
            if len(row) != width:
                message = f"row {count + 1} has {len(row)} cells of {width}"
                raise ExportInvalidError(message)
    except (csv.Error, StopIteration, UnicodeDecodeError) as error:
        raise ExportInvalidError(str(error)) from error
    finally:
        text.detach()
    return f"csv: {count} rows read back"


def _json_lines(file: BinaryIO) -> str:
    count = 0
    for line in file:
        _parsed(line)
        count += 1
    return f"json: {count} lines read back"


def _json(file: BinaryIO) -> str:
    _parsed(file.read())
    return "json: read back"


def _parsed(text: bytes) -> None:
    try:
        json.loads(text)
    except ValueError as error:
        raise ExportInvalidError(str(error)) from error


def _xlsx(file: BinaryIO) -> str:
    from python_calamine import CalamineError, load_workbook

    try:
        count = sum(1 for _ in load_workbook(file).get_sheet_by_index(0).iter_rows())
    except CalamineError as error:
        raise ExportInvalidError(str(error)) from error
    return f"calamine {version_of('python-calamine')}: {count} rows"


def _pdf(file: BinaryIO) -> str:
    from pypdf import PdfReader
    from pypdf.errors import PyPdfError

    try:
        count = len(PdfReader(file, strict=True).pages)
    except PyPdfError as error:
        raise ExportInvalidError(str(error)) from error
    return f"pypdf {version_of('pypdf')}: {count} pages"


def _beancount(file: BinaryIO) -> str:
    if find_spec("beancount") is None:
        return ""
    _entries, errors, _options = import_module("beancount.loader").load_string(file.read().decode())
    if errors:
        raise ExportInvalidError(str(errors[0]))
    return f"bean-check {version_of('beancount')}"


def _hledger(file: BinaryIO) -> str:
    program = shutil.which("hledger")
    if program is None:
        return ""
    asked = [program, "-f", "-", "check", "--strict"]
    told = subprocess.run(asked, input=file.read(), capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603
    if told.returncode:
        raise ExportInvalidError(told.stderr.decode(errors="replace")[:500])
    return "hledger check --strict"


_Check = Callable[[BinaryIO], str]
_STREAMED: Final[MappingProxyType[ExportFormat, _Check]] = MappingProxyType(
    {ExportFormat.CSV: _csv, ExportFormat.JSONL: _json_lines}
)
_WHOLE: Final[MappingProxyType[ExportFormat, _Check]] = MappingProxyType(
    {
        ExportFormat.XLSX: _xlsx,
        ExportFormat.PDF: _pdf,
        ExportFormat.JSON: _json,
        ExportFormat.EVIDENCE: _json,
        ExportFormat.BEANCOUNT: _beancount,
        ExportFormat.HLEDGER: _hledger,
    }
)
