"""Examples for the API's document."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
_SAID: Final = {
    "host_id": "01939d6a-0000-7000-8000-000000000001",
    "kind": "treaty",
    "number": "T-2026-17",
    "valid_from": "2026-01-01",
    "valid_until": "2026-12-31",
}
CERTIFICATE_EXAMPLES: Final = [
    OpenApiExample(
        "A treaty's reduced rate, for this year",
        value={**_SAID, "file": "certificate.pdf"},
        request_only=True,
        media_type="multipart/form-data",
    ),
    OpenApiExample(
        "It waits for the host",
        value={
            "id": "01939d6a-0000-7000-8000-000000000061",
            "organization_id": "01939d6a-0000-7000-8000-000000000002",
            **_SAID,
            "state": "submitted",
            "submitted_at": "2026-01-08T08:30:00Z",
            "decided_at": None,
            "note": "",
            "sha256": _SHA256,
        },
        response_only=True,
        status_codes=["201"],
    ),
]
