"""The program that recomputes a statement from its evidence, as a file to save."""

from pathlib import Path
from typing import Final

from django.http import HttpResponse

from settlements.proof import alliance_verify

PROGRAM: Final = Path(alliance_verify.__file__)


def verifier_file() -> HttpResponse:
    """The file as it is installed."""
    response = HttpResponse(PROGRAM.read_bytes(), content_type="text/x-python; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{PROGRAM.name}"'
    response["X-Content-Type-Options"] = "nosniff"
    return response
