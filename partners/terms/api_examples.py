"""Examples for the reference of the API."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

_HOST: Final = "01939d6a-0000-7000-8000-000000000011"
_NORTH: Final = "01939d6a-0000-7000-8000-000000000012"
EXAMPLE_TERMS: Final = {
    "schema": 2,
    "currency": "EUR",
    "time_zone": "Europe/Berlin",
    "parties": [_HOST, _NORTH],
    "clauses": [
        {
            "id": "courses",
            "when": [{"all_of": [{"field": "item_kind", "is": "in", "value": ["course"]}]}],
            "deductions": [{"kind": "tax"}, {"kind": "payment_fee"}],
            "pays": {"kind": "commission", "party": _NORTH, "payer": _HOST, "rate": "20%"},
        },
        {"id": "rest", "pays": {"kind": "commission", "party": _NORTH, "payer": _HOST, "rate": "5%"}},
    ],
    "hold": {"days": 30},
}
_PLACE: Final = {
    "alliance_id": "01939d6a-0000-7000-8000-000000000001",
    "name": "Courses with kits",
    "effective_on": "2026-04-01",
}
_SHARES: Final = {
    "shares": [{"organization_id": _HOST, "share": "3/5"}, {"organization_id": _NORTH, "share": "2/5"}],
}
AGREEMENT_EXAMPLES: Final = [
    OpenApiExample(
        "Shares of every sale",
        value={**_PLACE, "currency": "EUR", "time_zone": "Europe/Berlin", **_SHARES},
        request_only=True,
    ),
    OpenApiExample("Whole terms", value={**_PLACE, "terms": EXAMPLE_TERMS}, request_only=True),
]
VERSION_EXAMPLES: Final = [
    OpenApiExample("Shares of every sale", value={"effective_on": "2026-07-01", **_SHARES}, request_only=True),
    OpenApiExample("Whole terms", value={"effective_on": "2026-07-01", "terms": EXAMPLE_TERMS}, request_only=True),
]
VALIDATION_EXAMPLES: Final = [
    OpenApiExample("A commission", value={"terms": EXAMPLE_TERMS}, request_only=True),
    OpenApiExample(
        "Impossible terms",
        value={
            "is_possible": False,
            "problems": [
                {
                    "field": "terms.hold.days",
                    "code": "too_small",
                    "detail": "This is too small; at least 0.",
                }
            ],
            "terms": None,
            "terms_sha256": None,
            "sentences": None,
        },
        response_only=True,
    ),
]
_ROW: Final = {
    "kind": "changed",
    "section": "What earns",
    "passage": "Clause courses",
    "before": "North Fitness earns 20% of the base; Lectern pays it and keeps the rest.",
    "after": "North Fitness earns 25% of the base; Lectern pays it and keeps the rest.",
}
_CHINESE_ROW: Final = {
    "kind": "changed",
    "section": "收益来源",
    "passage": "收益规则 courses",
    "before": "“North Fitness”获得分成基数的 20%，由“Lectern”支付；其余部分归“Lectern”所有。",
    "after": "“North Fitness”获得分成基数的 25%，由“Lectern”支付；其余部分归“Lectern”所有。",
}
DIFFERENCE_EXAMPLES: Final = [
    OpenApiExample(
        "A higher rate",
        value={
            "agreement_id": "01939d6a-0000-7000-8000-000000000021",
            "from_version": 1,
            "to_version": 2,
            "changes": [{"kind": "changed", "path": "clauses.courses.pays.rate", "before": "1/5", "after": "1/4"}],
            "sentences": {"en": [_ROW], "zh-hans": [_CHINESE_ROW]},
        },
        response_only=True,
    )
]
