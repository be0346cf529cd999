"""What a file is, decided by its bytes alone: neither its name nor what the browser calls it counts.

An allow-list. puremagic names the format, then the format's own frame is checked from the first byte to the last,
so that nothing else can hide before, behind or inside: a file that is two things at once is refused.
"""

from collections.abc import Callable, Collection, Mapping
from enum import StrEnum
from types import MappingProxyType
from typing import Final

import puremagic
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.files.active_pdf import is_active
from alliance.kernel.files.frames import FrameBrokenError, check_jpeg, check_pdf, check_png


class FileKind(StrEnum):
    """The formats that are taken in at all."""

    PDF = "pdf"
    PNG = "png"
    JPEG = "jpeg"

    @property
    def media_type(self) -> str:
        """What it is called when it is sent."""
        return MEDIA_TYPES[self]

    @property
    def extension(self) -> str:
        """What its name ends with."""
        return ".jpg" if self is FileKind.JPEG else f".{self}"


MEDIA_TYPES: Final[Mapping[FileKind, str]] = MappingProxyType(
    {FileKind.PDF: "application/pdf", FileKind.PNG: "image/png", FileKind.JPEG: "image/jpeg"}
)
_FRAMES: Final[Mapping[FileKind, Callable[[bytes], None]]] = MappingProxyType(
    {FileKind.PDF: check_pdf, FileKind.PNG: check_png, FileKind.JPEG: check_jpeg}
)
_HEAD: Final = 1024  # where readers of PDF and HTML look for a beginning
_TAIL: Final = 65_557  # where readers of ZIP look for the end
_MARKUP: Final = (b"<html", b"<script", b"<svg", b"<!doctype", b"<?php", b"<body", b"<iframe")
_ARCHIVES: Final = (b"Rar!\x1a\x07", b"7z\xbc\xaf\x27\x1c")
_ZIP_END: Final = b"PK\x05\x06"


class FileKindRefusedError(InvalidInputError):
    """The content is none of the formats that may be uploaded here."""

    code = "file_kind_refused"
    sentence = _("This is not a file of a kind that can be uploaded here. The content counts, not the name.")


class FileSuspiciousError(InvalidInputError):
    """The content is damaged, or is something else besides what it claims to be."""

    code = "file_suspicious"
    sentence = _(
        "This file is damaged, or something else is hidden in it (the film of a motion photo, for instance). "
        "Save it again as a plain PDF, PNG or JPEG."
    )


class FileActiveError(InvalidInputError):
    """A PDF that can do more than be read."""

    code = "file_active"
    sentence = _(
        "This PDF runs scripts, opens or carries other files, or is locked with a password. "
        "Print it into a new PDF and upload that one."
    )


def kind_of(body: bytes, allowed: Collection[FileKind]) -> FileKind:
    """The format of the content.

    Raises `FileKindRefusedError` for any other, `FileSuspiciousError` for two in one, and `FileActiveError` for a PDF that
    can do more than be read.
    """
    named = _named_by_magic(body)
    kind = next((kind for kind in FileKind if kind in allowed and kind.media_type in named), None)
    if kind is None:
        raise FileKindRefusedError(field="file")
    try:
        _FRAMES[kind](body)
    except FrameBrokenError as error:
        raise FileSuspiciousError(field="file") from error
    if _is_something_else_too(body, kind):
        raise FileSuspiciousError(field="file")
    if kind is FileKind.PDF and is_active(body):
        raise FileActiveError(field="file")
    return kind


def _named_by_magic(body: bytes) -> frozenset[str]:
    try:
        return frozenset(match.mime_type for match in puremagic.magic_string(body))
    except (puremagic.PureError, ValueError):
        return frozenset()


def _is_something_else_too(body: bytes, kind: FileKind) -> bool:
    head = body[:_HEAD].lower()
    return (
        any(tag in head for tag in _MARKUP)
        or (kind is not FileKind.PDF and b"%pdf-" in head)
        or _ZIP_END in body[-_TAIL:]
        or any(signature in body for signature in _ARCHIVES)
    )
