"""Where uploaded files lie: Django's default storage, under their organization."""

from typing import BinaryIO, cast
from uuid import UUID

from django.core.files import File
from django.core.files.storage import default_storage

from campaigns.readers.problems import FileProblem, OrderFileError


def store_file(content: File, *, organization_id: UUID, file_id: UUID) -> str:  # type: ignore[type-arg]
    """Keep a file; returns the name to open it by. The person's own file name is never a path."""
    return str(default_storage.save(f"imports/{organization_id}/{file_id}", content))


def open_stored(name: str) -> BinaryIO:
    """The stored bytes, to be closed by the caller; raises `OrderFileError` when they are gone."""
    try:
        return cast("BinaryIO", default_storage.open(name, "rb").file)
    except FileNotFoundError as error:
        raise OrderFileError(FileProblem.FILE_GONE) from error


def drop_stored(name: str) -> None:
    """Forget a file that no row names."""
    default_storage.delete(name)
