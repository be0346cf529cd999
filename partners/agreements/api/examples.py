"""Examples for the reference of the API."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_SIGNER: Final = {"signer_name": "Nora North", "signer_title": "Managing Director"}
_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"


def _body(name: str, **value: Any) -> OpenApiExample:
    return OpenApiExample(name, value=value, request_only=True)


ACCEPTANCE_EXAMPLES: Final = [
    _body("A signature", version_id="01939d6a-0000-7000-8000-000000000031", document_sha256=_SHA256, **_SIGNER)
]
DECLINE_EXAMPLES: Final = [_body("A no", reason="The share does not cover the cost of our studios.")]
NOTICE_EXAMPLES: Final = [
    OpenApiExample(
        "Thirty days' notice",
        value={
            "version": 2,
            "notice_days": 30,
            "ends_at": "2026-07-01T22:00:00Z",
            "last_day": "2026-07-01",
        },
        response_only=True,
        status_codes=["200"],
    ),
    _body("A notice", ends_at="2026-07-01T22:00:00Z", reason="We close our shop.", **_SIGNER),
]
ENDING_EXAMPLES: Final = [_body("The end of the year", last_on="2026-12-31", **_SIGNER)]
TERMINATION_EXAMPLES: Final = [
    _body("A cause", reason="No statement was paid since March.", **_SIGNER),
]
ENDING_SIGNATURE_EXAMPLES: Final = [_body("A signature", document_sha256=_SHA256, **_SIGNER)]
FILE_EXAMPLES: Final = [
    OpenApiExample(
        "An annex",
        value={
            "id": "01939d6a-0000-7000-8000-000000000041",
            "file_name": "Annex.pdf",
            "size_bytes": 48213,
            "sha256": _SHA256,
        },
        response_only=True,
        status_codes=["201"],
    )
]
