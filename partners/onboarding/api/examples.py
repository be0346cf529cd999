"""Examples for the reference of the API; a test holds them against the serializers."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

_ID: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d01"
LISTED: Final[dict[str, Any]] = {
    "id": _ID,
    "alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d02",
    "alliance_name": "Learning Alliance",
    "organization_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d03",
    "name": "Fit Example",
    "country": "DE",
    "industry": "fitness",
    "status": "in_review",
    "submitted_at": "2026-03-02T09:30:00Z",
    "decided_at": None,
    "reason": "",
    "reapply_on": None,
}
DETAIL: Final[dict[str, Any]] = {
    **LISTED,
    "company": {
        "name_zh": "",
        "name_en": "Fit Example",
        "country": "DE",
        "registration_number": "HRB86891",
        "tax_id": "DE136695976",
        "address": "1 Example Street",
        "website": "https://fit.example",
    },
    "audience": {"industry": "fitness", "description": "People who train at home, twice a week", "size": "under_10k"},
    "contacts": {
        "name": "A. Person",
        "position": "Partnerships",
        "email": "contact@fit.example",
        "phone": "+49 30 123456",
        "finance_name": "",
        "finance_email": "",
    },
    "bank": {
        "kind": "iban",
        "country": "DE",
        "holder_name": "Fit Example",
        "bank_name": "",
        "branch": "",
        "bic": "DEUTDEFF",
        "masked": "DE•••• 3000",
    },
    "documents": [
        {
            "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d04",
            "kind": "business_licence",
            "file_name": "licence.pdf",
            "file_kind": "pdf",
            "size_bytes": 48213,
            "sha256": "9f86d081884c7d659a2feaa0c55ad015a3bf4f1b2b0b822cd15d6c15b0f00a08",
            "uploaded_at": "2026-03-02T09:20:00Z",
            "removed_at": None,
        }
    ],
    "requested_changes": {},
}
REVIEW: Final[dict[str, Any]] = {
    **DETAIL,
    "applicant_email": "owner@fit.example",
    "similar_companies": {"web_domain": 1},
    "ticks": [{"item": "company_exists", "ticked_by": "Host manager", "ticked_at": "2026-03-02T10:00:00Z"}],
}
DECISIONS: Final[dict[str, dict[str, Any]]] = {
    "Begin the review": {"decision": "take_up"},
    "Ask for changes": {"decision": "request_changes", "remarks": {"documents": "The bank proof is not readable."}},
    "Approve": {"decision": "approve", "partner_code": "FIT"},
    "Reject": {"decision": "reject", "reason": "Your audience does not fit.", "reapply_on": "2026-06-01"},
}
TICK: Final[dict[str, Any]] = {"item": "company_exists", "is_ticked": True}
NOTE: Final[dict[str, Any]] = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d2d05",
    "text": "The register knows the company under its former name.",
    "written_by": "Host manager",
    "written_at": "2026-03-02T10:05:00Z",
}
LIST_EXAMPLES: Final = [OpenApiExample("Applications", value=LISTED, response_only=True)]
REVIEW_EXAMPLES: Final = [OpenApiExample("An application", value=REVIEW, response_only=True)]
DECISION_EXAMPLES: Final = [
    *(OpenApiExample(name, value=value, request_only=True) for name, value in DECISIONS.items()),
    *REVIEW_EXAMPLES,
]
TICK_EXAMPLES: Final = [OpenApiExample("An item found right", value=TICK, request_only=True), *REVIEW_EXAMPLES]
NOTE_EXAMPLES: Final = [
    OpenApiExample("A note", value={"text": NOTE["text"]}, request_only=True),
    OpenApiExample("The note that was written", value=NOTE, response_only=True),
]
