"""Private uploads: taken in by content, kept out of every public folder, handed out by permission-checked views only.

A service takes a file in and writes the row that names it in one block; the row's own tenancy class decides who sees it:

    with received_file(content, name=name, rules=rules, organization_id=actor.organization_id) as received, atomic():
        Document.objects.create(organization_id=…, **received.columns())

The row stands on `FileRow`; a view that has found it answers `private_file_response(row)`.
"""

from alliance.kernel.files.kinds import FileActiveError, FileKind, FileKindRefusedError, FileSuspiciousError
from alliance.kernel.files.receiving import (
    FileEmptyError,
    FileTooLargeError,
    ReceivedFile,
    UploadRules,
    copied_file,
    forget_file,
    received_file,
)
from alliance.kernel.files.scanning import FileInfectedError, ScannerUnavailableError
from alliance.kernel.files.serving import (
    FileGoneError,
    private_file_response,
    private_picture_response,
    public_picture_response,
)

__all__ = [
    "FileActiveError",
    "FileEmptyError",
    "FileGoneError",
    "FileInfectedError",
    "FileKind",
    "FileKindRefusedError",
    "FileSuspiciousError",
    "FileTooLargeError",
    "ReceivedFile",
    "ScannerUnavailableError",
    "UploadRules",
    "copied_file",
    "forget_file",
    "private_file_response",
    "private_picture_response",
    "public_picture_response",
    "received_file",
]
