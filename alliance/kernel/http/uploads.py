"""An upload is cut off at the limit while it comes in, before it fills the disk."""

from django.conf import settings
from django.core.files.uploadhandler import FileUploadHandler, StopUpload
from django.http import HttpRequest

_TOO_LARGE = "kernel.upload_too_large"


class CappedUploadHandler(FileUploadHandler):
    """Stands first in FILE_UPLOAD_HANDLERS: past `IMPORT_MAX_BYTES` the rest is read and thrown away."""

    _taken = 0

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        self._taken += len(raw_data)
        if self._taken > settings.IMPORT_MAX_BYTES:
            if self.request is not None:
                self.request.META[_TOO_LARGE] = True
            raise StopUpload(connection_reset=False)
        return raw_data

    def file_complete(self, file_size: int) -> None:
        return None


def was_too_large(request: HttpRequest) -> bool:
    """Whether this request's upload was cut off; its file is missing then."""
    return bool(request.META.get(_TOO_LARGE))
