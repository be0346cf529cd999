"""Periods, what their conversions earned, and the statements of them."""

import json
from hashlib import sha256
from typing import Any, Final

from campaigns.openapi_examples import CONVERSION
from partners.openapi_examples import AGREEMENT, ALLIANCE, ORGANIZATION, VERSION

Document = dict[str, Any]

HOST: Final = ALLIANCE["host_id"]
NORTH: Final = ORGANIZATION["id"]
CLOSED_AT: Final = "2026-05-01T06:00:00Z"
NOTHING_SHA256: Final = sha256(b"").hexdigest()  # of the adjustments of a period that has none
PERIOD: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000201",
    "alliance_id": ALLIANCE["id"],
    "agreement_id": AGREEMENT["id"],
    "month": "2026-04",
    "starts_on": "2026-04-01",
    "ends_on": "2026-05-01",
    "starts_at": "2026-03-31T22:00:00Z",
    "ends_at": "2026-04-30T22:00:00Z",
    "time_zone": AGREEMENT["time_zone"],
    "currency": "EUR",
    "status": "closed",
    "closed_at": CLOSED_AT,
}
_CLOSE_ID: Final = "01939d6a-0000-7000-8000-000000000203"
_CLOSE: Final[Document] = {
    "id": _CLOSE_ID,
    "state": "succeeded",
    "done": 1,
    "total": 1,
    "queued_at": "2026-05-01T05:59:59Z",
    "started_at": CLOSED_AT,
    "finished_at": "2026-05-01T06:00:01Z",
    "error_code": "",
    "period_id": PERIOD["id"],
    "links": {
        "self": f"https://alliance.example/api/v1/period-closes/{_CLOSE_ID}",
        "period": f"https://alliance.example/api/v1/periods/{PERIOD['id']}",
    },
}
_REVENUE: Final[Document] = {"amount_minor": 250000, "note": "Courses in our own shop"}
_LINE: Final[Document] = {
    "section": "current",
    "kind": "sale",
    "reference": CONVERSION["reference"],
    "occurred_at": CONVERSION["occurred_at"],
    "effective_on": "2026-04-14",
    "currency": "EUR",
    "base_minor": 10000,
}
ACCRUAL: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000204",
    "agreement_id": AGREEMENT["id"],
    "period_id": PERIOD["id"],
    "conversion_id": CONVERSION["id"],
    "terms_version_id": VERSION["id"],
    **_LINE,
    "unassigned_minor": 0,
    "shares": [
        {"organization_id": HOST, "share_minor": 6000},
        {"organization_id": NORTH, "share_minor": 4000},
    ],
    "accrued_at": "2026-04-14T10:02:12Z",
}


def _share(party: str, share: str, amount_minor: int) -> Document:
    return {
        "step": "share",
        "party": party,
        "purpose": "share",
        "share": share,
        "exact": str(amount_minor),
        "extra_minor": 0,
        "amount_minor": amount_minor,
    }


def _told(text: str, amount_minor: int | None, *because: Document) -> Document:
    return {"text": text, "amount_minor": amount_minor, "because": list(because)}


_SPLIT: Final[Document] = {
    "step": "split",
    "base_minor": 10000,
    "because": [
        _share(HOST, "3/5", 6000),
        _share(NORTH, "2/5", 4000),
        {"step": "remainder", "policy": "largest_remainder", "units_minor": 0},
    ],
}
_EXPLANATION: Final[Document] = {
    "terms": {
        "number": VERSION["number"],
        "sha256": VERSION["document_sha256"],
        "remainder": "largest_remainder",
        "version_id": VERSION["id"],
    },
    "evaluation": {
        "step": "conversion",
        "currency": "EUR",
        "precedence": "most_specific",
        "amount_minor": 10000,
        "because": [{"step": "clause", "clause": "sales", "base_minor": 10000, "because": [_SPLIT]}],
    },
}
_TOLD: Final = _told(
    "A conversion of 100.00 EUR.",
    10000,
    _told(
        "Clause “sales” counts; its base is 100.00 EUR.",
        None,
        _told(
            "100.00 EUR is shared by ratios.",
            None,
            _told("Lectern gets 60%, exactly 60.00 EUR, in whole units 60.00 EUR.", 6000),
            _told("North Fitness gets 40%, exactly 40.00 EUR, in whole units 40.00 EUR.", 4000),
            _told("The exact shares leave nothing over.", None),
        ),
    ),
)
STATEMENT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000205",
    "number": "ST-2026-04-0000000021-2",
    "alliance_id": ALLIANCE["id"],
    "agreement_id": AGREEMENT["id"],
    "period_id": PERIOD["id"],
    "organization_id": NORTH,
    "previous_id": None,
    "month": PERIOD["month"],
    "starts_on": PERIOD["starts_on"],
    "ends_on": PERIOD["ends_on"],
    "time_zone": PERIOD["time_zone"],
    "currency": "EUR",
    "order_count": 1,
    "refund_count": 0,
    "line_count": 1,
    "base_minor": 10000,
    "opening_minor": 0,
    "current_minor": 4000,
    "prior_minor": 0,
    "adjustments_minor": 0,
    "withheld_minor": 0,
    "paid_minor": 0,
    "closing_minor": 4000,
    "event_count": 1,
    "events_sha256": "6b51d431df5d7f141cbececcf79edf3dd861c3b4069f0b11661a3eefacbba918",
    "adjustments_sha256": NOTHING_SHA256,
    "carried": json.dumps(
        {
            "ruled_by": VERSION["document_sha256"],
            "in_force": [VERSION["document_sha256"]],
            "accounts": {},
            "due": {"earned_minor": 0, "taken_minor": 0},
            "reserves": [],
        }
    ),
    "lines_root": "3fdba35f04dc8c462986c992bcf875546257113072a909c162f7e470e581e278",
    "chain_number": 12,
    "chain_head": "8527a891e224136950ff32ca212b45bc93f69fbb801c3b1ebedac52775f99e61",
    "content_sha256": "e629fa6598d732768f7c726b4b621285f9c3b85303900aa912017db7617d8bdb",
    "closed_at": CLOSED_AT,
}
ADJUSTMENT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000206",
    "agreement_id": AGREEMENT["id"],
    "period_id": "01939d6a-0000-7000-8000-000000000202",
    "about_period_id": PERIOD["id"],
    "organization_id": NORTH,
    "counterparty_id": HOST,
    "kind": "correction",
    "reference": STATEMENT["number"],
    "reason": "The bonus of 5.00 EUR for the launch week was left out.",
    "details": {},
    "accrual_id": ACCRUAL["id"],
    "answers_id": None,
    "terms_version_id": None,
    "effective_on": "2026-05-08",
    "currency": "EUR",
    "amount_minor": 500,
    "recorded_at": "2026-05-08T09:20:00Z",
}
EXAMPLES: Final[dict[str, Document]] = {
    "PeriodShape": PERIOD,
    "PeriodCloseInputRequest": {"with_earlier": False},
    "PeriodCloseShape": _CLOSE,
    "RevenueInputRequest": _REVENUE,
    "RevenueShape": {
        "period_id": PERIOD["id"],
        "organization_id": NORTH,
        "currency": "EUR",
        **_REVENUE,
        "reported_at": "2026-04-30T15:00:00Z",
    },
    "AccrualShape": ACCRUAL,
    "AccrualDetailShape": {**ACCRUAL, "explanation": _EXPLANATION, "told": _TOLD},
    "AdjustmentShape": ADJUSTMENT,
    "AdjustmentDetailShape": {**ADJUSTMENT, "told": ADJUSTMENT["reason"]},
    "StatementShape": STATEMENT,
    "StatementLineShape": {
        "line_number": 1,
        "accrual_id": ACCRUAL["id"],
        "adjustment_id": None,
        **_LINE,
        "terms_number": VERSION["number"],
        "share_minor": 4000,
    },
}
