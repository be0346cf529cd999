"""Taking a file in: size, kind, scanner, hash, storage."""

import hashlib
import re
import secrets
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import Final
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.files.kinds import FileKind, kind_of
from alliance.kernel.files.rows import LONGEST_NAME, NamesFile
from alliance.kernel.files.scanning import scan
from alliance.kernel.files.serving import open_stored
from alliance.kernel.tenancy import on_commit

FOLDER: Final = "private"
NAMELESS: Final = "document"
_MEGABYTE: Final = 1024 * 1024
_UNWANTED: Final = re.compile(r'[\\/:*?"<>|;%]+')


class FileEmptyError(InvalidInputError):
    """There is nothing in it."""

    code = "file_empty"
    sentence = _("The file is empty.")


class FileTooLargeError(InvalidInputError):
    """It is larger than this place takes."""

    code = "file_too_large"
    sentence = _("The file is too large.")


@dataclass(frozen=True, slots=True)
class UploadRules:
    """What one place of the product takes in."""

    kinds: frozenset[FileKind]
    max_bytes: int


@dataclass(frozen=True, slots=True)
class ReceivedFile:
    """A file that has passed every check and lies in the storage."""

    name: str
    kind: FileKind
    size_bytes: int
    sha256: str
    stored_as: str

    def columns(self) -> dict[str, object]:
        """The values of a `FileRow`."""
        return {
            "file_name": self.name,
            "file_kind": self.kind.value,
            "size_bytes": self.size_bytes,
            "sha256": self.sha256,
            "stored_as": self.stored_as,
        }


@contextmanager
def received_file(
    content: File,  # type: ignore[type-arg]
    *,
    name: str,
    rules: UploadRules,
    organization_id: UUID,
) -> Iterator[ReceivedFile]:
    """Check and keep the file for as long as the block, which writes the row that names it, does not fail.

    It lies under an unguessable name in the organization's own folder. Raises `FileEmptyError`, `FileTooLargeError`,
    `FileKindRefusedError`, `FileSuspiciousError`, `FileActiveError`, `FileInfectedError`, `ScannerUnavailableError`; nothing is kept then.
    """
    body = _body(content, rules.max_bytes)
    kind = kind_of(body, rules.kinds)
    scan(body)
    with _stored(body, safe_name(name, kind), kind, organization_id) as received:
        yield received


@contextmanager
def copied_file(row: NamesFile, *, organization_id: UUID) -> Iterator[ReceivedFile]:
    """A second file with the same content, so that either may be forgotten without the other.

    Kept as `received_file` keeps. Raises `FileGoneError`.
    """
    with open_stored(row) as source:
        body = source.read()
    with _stored(body, row.file_name, FileKind(row.file_kind), organization_id) as received:
        yield received


def forget_file(stored_as: str) -> None:
    """Remove a file that no row names any more, once the present transaction has committed."""
    on_commit(lambda: default_storage.delete(stored_as))


def safe_name(name: str, kind: FileKind) -> str:
    """The person's own name for the file, without path, control or direction signs, and with the ending of what it is."""
    text = unicodedata.normalize("NFC", name.replace("\\", "/"))
    stem = PurePosixPath(text).name
    stem = stem[: stem.rfind(".")] if "." in stem[1:] else stem
    stem = "".join(sign for sign in stem if not unicodedata.category(sign).startswith("C"))
    stem = _UNWANTED.sub("_", stem).strip(" ._")
    return (stem[: LONGEST_NAME - len(kind.extension)] or NAMELESS) + kind.extension


def _body(content: File, max_bytes: int) -> bytes:  # type: ignore[type-arg]
    content.seek(0)
    body = bytes(content.read(max_bytes + 1))
    if not body:
        raise FileEmptyError(field="file")
    if len(body) > max_bytes:
        limit = _("The file is too large: at most %(megabytes)s MB are accepted.")
        raise FileTooLargeError(limit % {"megabytes": max_bytes // _MEGABYTE}, field="file")
    return body


@contextmanager
def _stored(body: bytes, name: str, kind: FileKind, organization_id: UUID) -> Iterator[ReceivedFile]:
    key = f"{FOLDER}/{organization_id}/{secrets.token_hex(24)}"
    stored_as = str(default_storage.save(key, ContentFile(body)))
    try:
        yield ReceivedFile(name, kind, len(body), hashlib.sha256(body).hexdigest(), stored_as)
    except BaseException:
        default_storage.delete(stored_as)
        raise
