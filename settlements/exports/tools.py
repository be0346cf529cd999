"""The tools of files' receivers, each looking at one file; without Django, so that a process of its own can be one.

    python -m settlements.exports.tools xlsx < file

prints what has found the file valid, or ends with 1 and the reason.
"""

import csv
import io
import json
import shutil
import subprocess
import sys
from collections.abc import Callable
from importlib import import_module
from importlib.metadata import version as version_of
from importlib.util import find_spec
from types import MappingProxyType
from typing import BinaryIO, Final, cast

_SECONDS: Final = 600


class ExportInvalidError(RuntimeError):
    """The tool refuses the file: an error of this program."""


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
    """Read line by line: whole values that stand on lines of their own one by one, and what they stand in at the end."""
    frame: list[bytes] = []
    before = b""  # the line before, if it was a whole value
    for raw in file:
        line = raw.strip()
        value = line.removesuffix(b",")
        is_value = value.startswith((b"{", b"[")) and value.endswith((b"}", b"]")) and _is_whole(value)
        if before and not (is_value and before.endswith(b",")):
            if is_value:
                message = "two values without a comma between them"
                raise ExportInvalidError(message)
            frame.append(b"0," if before.endswith(b",") else b"0")
        if not is_value:
            frame.append(line)
        before = line if is_value else b""
    frame.append(b"0" if before else b"")
    _parsed(b"\n".join(frame))
    return "json: read back"


def _is_whole(text: bytes) -> bool:
    try:
        json.loads(text)
    except ValueError:
        return False
    return True


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


Check = Callable[[BinaryIO], str]
# Read line by line, in flat memory.
STREAMED: Final[MappingProxyType[str, Check]] = MappingProxyType(
    {"csv": _csv, "jsonl": _json_lines, "json": _json, "evidence": _json}
)
# Held in memory whole.
WHOLE: Final[MappingProxyType[str, Check]] = MappingProxyType(
    {"xlsx": _xlsx, "pdf": _pdf, "beancount": _beancount, "hledger": _hledger}
)


def main(file_format: str) -> int:
    """Check standard input; 0 when it is valid."""
    content = cast("BinaryIO", io.BytesIO(sys.stdin.buffer.read()))
    try:
        sys.stdout.write(WHOLE[file_format](content))
    except ExportInvalidError as refusal:
        sys.stderr.write(str(refusal)[:500])
        return 1
    return 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1]))
