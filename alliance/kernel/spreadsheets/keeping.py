"""Where uploaded files lie: Django's default storage, under their organization; looked through and hashed on the way in."""

import hashlib
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import BinaryIO, cast
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.core.files.storage import default_storage

from alliance.kernel.ids import new_id
from alliance.kernel.spreadsheets.guards import CHUNK
from alliance.kernel.spreadsheets.layout import SHEETS, FileKind, inspect_file
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError

_LONGEST_NAME = 200


@dataclass(frozen=True, slots=True)
class KeptFile:
    """A file that lies in the storage, and what was found out about it: the columns of a `SheetFile`."""

    id: UUID
    name: str
    stored_as: str
    size_bytes: int
    sha256: str
    layout: dict[str, object]

    def columns(self) -> dict[str, object]:
        """The values of the row that names the file."""
        return {name: getattr(self, name) for name in self.__dataclass_fields__}


@contextmanager
def kept_file(
    content: File,  # type: ignore[type-arg]
    *,
    name: str,
    folder: str,
    organization_id: UUID,
    kinds: Collection[FileKind] = SHEETS,
    layout: Mapping[str, object] | None = None,
) -> Iterator[KeptFile]:
    """Look through a file and keep it in `folder`, as long as the block, which names it in a row, comes to its end.

    With `layout` the caller has looked: the file is no table. The person's own file name is never a path. Raises `FileRefusedError` for a file that is too large or can't be read.
    """
    if content.size > settings.IMPORT_MAX_BYTES:
        raise FileRefusedError(FileProblem.TOO_LARGE)
    found = layout or inspect_file(cast("BinaryIO", content.file), name, kinds=kinds).to_json()
    file_id, sha256 = new_id(), _sha256(content)
    content.seek(0)
    stored_as = str(default_storage.save(f"{folder}/{organization_id}/{file_id}", content))
    try:
        yield KeptFile(file_id, name[-_LONGEST_NAME:], stored_as, content.size, sha256, dict(found))
    except BaseException:
        default_storage.delete(stored_as)
        raise


def open_stored(name: str) -> BinaryIO:
    """The stored bytes, to be closed by the caller; raises `FileRefusedError` when they are gone."""
    try:
        return cast("BinaryIO", default_storage.open(name, "rb").file)
    except FileNotFoundError as error:
        raise FileRefusedError(FileProblem.FILE_GONE) from error


def _sha256(content: File) -> str:  # type: ignore[type-arg]
    digest = hashlib.sha256()
    for chunk in content.chunks(CHUNK):
        digest.update(chunk)
    return digest.hexdigest()
