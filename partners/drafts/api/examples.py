"""Examples for the reference of the API; a test sends each of them."""

from typing import Any, Final

from drf_spectacular.utils import OpenApiExample

from partners.terms.api_examples import EXAMPLE_TERMS

LISTED: Final[dict[str, Any]] = {
    "id": "01939d6a-0000-7000-8000-000000000051",
    "alliance_id": "01939d6a-0000-7000-8000-000000000001",
    "agreement_id": None,
    "answers": None,
    "name": "Courses with kits",
    "revision": 3,
    "created_at": "2026-03-02T09:30:00Z",
    "changed_at": "2026-03-03T14:10:00Z",
}
_SECTIONS: Final = [{"title": "Hold", "passages": [{"title": "", "sentences": ["Earnings are held for 30 days."]}]}]
DETAIL: Final[dict[str, Any]] = {
    **LISTED,
    "terms": EXAMPLE_TERMS,
    "paper": {
        "notice_days": 30,
        "at_end": "expire",
        "renewal_months": None,
        "fallback_number": None,
        "text_en": "",
        "text_zh_hans": "",
        "file_id": None,
    },
    "attached": None,
    "is_possible": True,
    "problems": [],
    "sentences": {
        "en": _SECTIONS,
        "zh-hans": [{"title": "冻结", "passages": [{"title": "", "sentences": ["收益冻结 30 天。"]}]}],
    },
}
NEW: Final[dict[str, Any]] = {
    "alliance_id": LISTED["alliance_id"],
    "name": LISTED["name"],
    "terms": EXAMPLE_TERMS,
    "paper": {"notice_days": 30},
}
NEXT: Final[dict[str, Any]] = {"agreement_id": "01939d6a-0000-7000-8000-000000000021"}
CHANGE: Final[dict[str, Any]] = {"revision": 2, "terms": EXAMPLE_TERMS}
PROPOSAL: Final[dict[str, Any]] = {"revision": 3, "effective_on": "2026-04-01", "until_on": None}

LIST_EXAMPLES: Final = [OpenApiExample("Drafts", value=LISTED, response_only=True)]
DETAIL_EXAMPLES: Final = [OpenApiExample("A draft", value=DETAIL, response_only=True)]
START_EXAMPLES: Final = [
    OpenApiExample("A new agreement", value=NEW, request_only=True),
    OpenApiExample("The next version of one, from what was last agreed", value=NEXT, request_only=True),
    OpenApiExample("The draft", value=DETAIL, response_only=True, status_codes=["201"]),
]
CHANGE_EXAMPLES: Final = [OpenApiExample("Other terms", value=CHANGE, request_only=True), *DETAIL_EXAMPLES]
PROPOSAL_EXAMPLES: Final = [OpenApiExample("From April on", value=PROPOSAL, request_only=True)]
