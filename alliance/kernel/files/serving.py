"""Handing a private file out. The caller is a view that has checked the permission and found the row in its scope."""

from typing import Final

from django.core.files import File
from django.core.files.storage import default_storage
from django.http import FileResponse
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import NotFoundError
from alliance.kernel.files.kinds import FileKind
from alliance.kernel.files.rows import NamesFile

# Whatever slipped in, a browser saves it instead of showing it, guesses no other type, and would run nothing of it.
_HEADERS: Final = {
    "X-Content-Type-Options": "nosniff",
    "Content-Security-Policy": "sandbox; default-src 'none'",
    "Cross-Origin-Resource-Policy": "same-origin",
    "Cache-Control": "private, no-store",
}


class FileGoneError(NotFoundError):
    """The row exists, its file does not."""

    code = "file_gone"
    sentence = _("This file is no longer kept.")


def open_stored(row: NamesFile) -> File:  # type: ignore[type-arg]
    """The content, to be closed by the caller; raises `FileGoneError`."""
    try:
        return default_storage.open(row.stored_as)
    except FileNotFoundError as error:
        raise FileGoneError from error


def private_file_response(row: NamesFile) -> FileResponse:
    """The file as a download under its own name; raises `FileGoneError`."""
    media_type = FileKind(row.file_kind).media_type
    return FileResponse(
        open_stored(row), as_attachment=True, filename=row.file_name, content_type=media_type, headers=_HEADERS
    )


def private_picture_response(row: NamesFile, *, max_age_seconds: int) -> FileResponse:
    """A picture for whoever asked, to be shown inside a page; only the asker's own browser may keep it for a while.

    Only for what we have drawn ourselves; raises `FileGoneError`.
    """
    media_type = FileKind(row.file_kind).media_type
    headers = {**_HEADERS, "Cache-Control": f"private, max-age={max_age_seconds}"}
    return FileResponse(open_stored(row), filename=row.file_name, content_type=media_type, headers=headers)


def public_picture_response(row: NamesFile, *, max_age_seconds: int) -> FileResponse:
    """A picture that everybody may see, to be shown inside a page. Only for what we have drawn ourselves; raises `FileGoneError`."""
    media_type = FileKind(row.file_kind).media_type
    headers = {**_HEADERS, "Cache-Control": f"public, max-age={max_age_seconds}"}
    return FileResponse(open_stored(row), filename=row.file_name, content_type=media_type, headers=headers)
