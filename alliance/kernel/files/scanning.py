"""The hook for a virus scanner. Without `FILE_SCANNER` nothing is scanned; with it, no answer means no upload.

`FILE_SCANNER` is the address of a clamd (`clamd://host:3310`, or `clamd:///run/clamav/clamd.ctl` for a Unix socket), or
the dotted path of a function that takes the bytes and returns the name of what it found, empty when it found nothing.
"""

import logging
import socket
from collections.abc import Callable
from typing import Final
from urllib.parse import urlsplit

from django.conf import settings
from django.utils.module_loading import import_string
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import DomainError, InvalidInputError

Scanner = Callable[[bytes], str]

_CLAMD: Final = "clamd"
_CLAMD_PORT: Final = 3310
_TIMEOUT_SECONDS: Final = 20
_CHUNK: Final = 64 * 1024
_LONGEST_ANSWER: Final = 4096
_logger = logging.getLogger(__name__)


class FileInfectedError(InvalidInputError):
    """The scanner found something."""

    code = "file_infected"
    sentence = _("The virus scanner refused this file.")


class ScannerUnavailableError(DomainError):
    """The scanner gave no verdict, so the file is not taken in."""

    code = "scanner_unavailable"
    status = 503
    sentence = _("Files can't be checked for viruses at present, so none is accepted. Try again later.")


class NoVerdictError(OSError):
    """The scanner answered something that is neither clean nor found."""


def scan(body: bytes) -> None:
    """Return when the content is clean or no scanner is set. Raises `FileInfectedError`, `ScannerUnavailableError`."""
    address = str(settings.FILE_SCANNER)
    if not address:
        return
    try:
        found = scanner_at(address)(body)
    except Exception as error:
        _logger.exception("file_scanner_failed")
        raise ScannerUnavailableError(field="file") from error
    if found:
        _logger.warning("file_refused_by_scanner", extra={"finding": found})
        raise FileInfectedError(field="file")


def scanner_at(address: str) -> Scanner:
    """The scanner that a setting names. Raises `ImportError` or `ValueError` for one that can't be."""
    parts = urlsplit(address)
    if parts.scheme != _CLAMD:
        scanner: Scanner = import_string(address)
        return scanner
    if parts.hostname:
        host, port = parts.hostname, parts.port or _CLAMD_PORT
        return lambda body: _ask_clamd(socket.create_connection((host, port), timeout=_TIMEOUT_SECONDS), body)
    return lambda body: _ask_clamd(_unix_connection(parts.path), body)


def _unix_connection(path: str) -> socket.socket:
    connection = socket.socket(socket.AF_UNIX, socket.SOCK_STREAM)
    connection.settimeout(_TIMEOUT_SECONDS)
    try:
        connection.connect(path)
    except OSError:
        connection.close()
        raise
    return connection


def _ask_clamd(connection: socket.socket, body: bytes) -> str:
    """What clamd finds by its INSTREAM command; empty when it finds nothing. Raises `OSError` without a clear verdict."""
    with connection:
        connection.sendall(b"zINSTREAM\0")
        for start in range(0, len(body), _CHUNK):
            chunk = body[start : start + _CHUNK]
            connection.sendall(len(chunk).to_bytes(4, "big") + chunk)
        connection.sendall(bytes(4))
        return _verdict(_answer(connection))


def _answer(connection: socket.socket) -> str:
    received = b""
    while not received.endswith(b"\0") and len(received) < _LONGEST_ANSWER:
        part = connection.recv(1024)
        if not part:
            break
        received += part
    return received.rstrip(b"\0\n").decode("utf-8", "replace")


def _verdict(answer: str) -> str:
    if answer == "stream: OK":
        return ""
    finding, _space, word = answer.removeprefix("stream: ").rpartition(" ")
    if word == "FOUND":
        return finding
    raise NoVerdictError(answer)
