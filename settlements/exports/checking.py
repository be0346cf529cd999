"""A file that was just written, looked at by the tool that its receiver uses. What is not valid is never handed out."""

import io
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import BinaryIO, Final

from settlements.exports.tools import STREAMED, WHOLE, ExportInvalidError
from settlements.models import ExportFormat

_LARGEST: Final = 8 << 20  # what a worker holds in memory whole
_SECONDS: Final = 900
_ROOT: Final = Path(__file__).resolve().parents[2]
_REFUSED: Final = 1


def checked_with(file: BinaryIO, file_format: ExportFormat) -> str:
    """What has found the file valid; empty when the tool is not installed here, or did not come to an end.

    CSV and JSON are read line by line. Of the others, what is too large for a worker's memory is checked by a process of
    its own, whose memory is free again at its end. Raises `ExportInvalidError`.
    """
    size = file.seek(0, io.SEEK_END)
    file.seek(0)
    if (check := STREAMED.get(file_format.value)) is not None:
        return check(file)
    if (check := WHOLE.get(file_format.value)) is None:
        return ""
    return check(file) if size <= _LARGEST else _checked_apart(file, file_format)


def _checked_apart(file: BinaryIO, file_format: ExportFormat) -> str:
    asked = [sys.executable, "-m", "settlements.exports.tools", file_format.value]
    with tempfile.TemporaryFile() as copy:
        shutil.copyfileobj(file, copy)
        copy.seek(0)
        try:
            told = subprocess.run(  # noqa: S603  our own program, named here
                asked, stdin=copy, cwd=_ROOT, capture_output=True, timeout=_SECONDS, check=False
            )
        except subprocess.TimeoutExpired:
            return ""
    if told.returncode == _REFUSED:
        raise ExportInvalidError(told.stderr.decode(errors="replace"))
    return told.stdout.decode() if told.returncode == 0 else ""
