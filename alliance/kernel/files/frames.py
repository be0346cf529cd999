"""The frames of PDF, PNG and JPEG, walked from the first byte to the last without decoding anything."""

import re
from typing import Final

_PDF_HEADER: Final = re.compile(rb"%PDF-[12]\.\d[\r\n %]")
_PDF_END: Final = b"%%EOF"
_PNG_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_PNG_CHUNK_FRAME: Final = 12  # length, type and checksum around a chunk's data
_JPEG_START: Final = b"\xff\xd8\xff"
_RESTARTS: Final = range(0xD0, 0xD8)
_START_OF_SCAN: Final = 0xDA
_END_OF_IMAGE: Final = 0xD9


class FrameBrokenError(ValueError):
    """The file is cut off, or does not end where its format says."""


def check_pdf(body: bytes) -> None:
    """Raise `FrameBrokenError` unless a header stands at the very beginning and nothing but blanks behind the end."""
    end = body.rfind(_PDF_END)
    if not _PDF_HEADER.match(body) or end < 0 or body[end + len(_PDF_END) :].strip(b"\0 \t\r\n"):
        raise FrameBrokenError


def check_png(body: bytes) -> None:
    """Raise `FrameBrokenError` unless chunks follow each other from IHDR to IEND and fill the file exactly."""
    at, kind = len(_PNG_SIGNATURE), b""
    if not body.startswith(_PNG_SIGNATURE) or body[at + 4 : at + 8] != b"IHDR":
        raise FrameBrokenError
    while kind != b"IEND":
        kind = body[at + 4 : at + 8]
        at += _PNG_CHUNK_FRAME + int.from_bytes(body[at : at + 4], "big")
        if at > len(body):
            raise FrameBrokenError
    if at != len(body):
        raise FrameBrokenError


def check_jpeg(body: bytes) -> None:
    """Raise `FrameBrokenError` unless the file is one JPEG or several in a row, as phones write them, and nothing else."""
    at = 0
    while at < len(body):
        if not body.startswith(_JPEG_START, at):
            if body[at:].strip(b"\0"):
                raise FrameBrokenError
            return
        at = _end_of_jpeg(body, at + 2)


def _end_of_jpeg(body: bytes, at: int) -> int:
    """Where the image that begins before `at` ends: segment by segment, through the compressed data after each scan."""
    while True:
        marker = _marker(body, at)
        if marker == _END_OF_IMAGE:
            return at + 2
        length = int.from_bytes(body[at + 2 : at + 4], "big")
        if length < 2:  # noqa: PLR2004  a segment counts its own two length bytes
            raise FrameBrokenError
        at += 2 + length
        if marker == _START_OF_SCAN:
            at = _end_of_scan(body, at)


def _marker(body: bytes, at: int) -> int:
    if at + 1 >= len(body) or body[at] != 0xFF:  # noqa: PLR2004  every marker begins with it
        raise FrameBrokenError
    return body[at + 1]


def _end_of_scan(body: bytes, at: int) -> int:
    """The next marker that is neither a stuffed byte, a restart nor a filler."""
    while True:
        at = body.find(b"\xff", at)
        if at < 0 or at + 1 >= len(body):
            raise FrameBrokenError
        if body[at + 1] == 0xFF:  # noqa: PLR2004  a filler before the marker
            at += 1
        elif body[at + 1] == 0 or body[at + 1] in _RESTARTS:
            at += 2
        else:
            return at
