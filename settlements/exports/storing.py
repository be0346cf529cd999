"""Where finished files lie: Django's default storage, under their organization; hashed while they are written."""

import hashlib
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage


@dataclass(frozen=True, slots=True)
class StoredFile:
    """A file that lies in the storage."""

    stored_as: str
    sha256: str
    size_bytes: int
    checked_with: str


def store(
    write: Callable[[BinaryIO], None], check: Callable[[BinaryIO], str], *, organization_id: UUID, export_id: UUID
) -> StoredFile:
    """Have `write` fill a temporary file and `check` look at it, then keep it. Writing the same export again replaces it."""
    name = f"exports/{organization_id}/{export_id}"
    with tempfile.TemporaryFile() as file:
        write(cast("BinaryIO", file))
        size = file.tell()
        checked_with = check(cast("BinaryIO", file))
        file.seek(0)
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        file.seek(0)
        default_storage.delete(name)
        return StoredFile(str(default_storage.save(name, File(file))), digest, size, checked_with)


def write_lines(lines: Iterable[str]) -> Callable[[BinaryIO], None]:
    """A writer of UTF-8 text for `store`."""

    def write(file: BinaryIO) -> None:
        file.writelines(line.encode() for line in lines)

    return write


def write_bytes(content: bytes) -> Callable[[BinaryIO], None]:
    """A writer of bytes that are complete already, for `store`."""

    def write(file: BinaryIO) -> None:
        file.write(content)

    return write


def drop(stored_as: str) -> None:
    """Forget a file."""
    default_storage.delete(stored_as)
