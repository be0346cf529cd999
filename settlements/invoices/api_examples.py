"""Examples for the API's document."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

_SHA256: Final = "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08"
OWN_INVOICE_EXAMPLES: Final = [
    OpenApiExample(
        "40.00 EUR and 20% of tax",
        value={
            "number": "2026-0117",
            "issued_on": "2026-02-04",
            "currency": "EUR",
            "net_minor": 4000,
            "vat_minor": 800,
            "file": "invoice.pdf",
        },
        request_only=True,
        media_type="multipart/form-data",
    ),
    OpenApiExample(
        "It matches",
        value={
            "id": "01939d6a-0000-7000-8000-000000000051",
            "host_id": "01939d6a-0000-7000-8000-000000000001",
            "organization_id": "01939d6a-0000-7000-8000-000000000002",
            "agreement_id": "01939d6a-0000-7000-8000-000000000011",
            "statement_id": "01939d6a-0000-7000-8000-000000000041",
            "origin": "partner",
            "number": "2026-0117",
            "issued_on": "2026-02-04",
            "currency": "EUR",
            "net_minor": 4000,
            "vat_minor": 800,
            "total_minor": 4800,
            "treatment": "standard",
            "rate": "1/5",
            "credits_id": None,
            "state": "matched",
            "reason": "",
            "issued_at": "2026-02-04T09:12:31Z",
            "file_sha256": _SHA256,
        },
        response_only=True,
        status_codes=["201"],
    ),
]
