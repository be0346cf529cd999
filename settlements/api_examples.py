"""Examples for the API's document."""

from typing import Final

from drf_spectacular.utils import OpenApiExample

_PARTIES: Final = ["01939d6a-0000-7000-8000-000000000001", "01939d6a-0000-7000-8000-000000000002"]
SIMULATION_EXAMPLES: Final = [
    OpenApiExample(
        "A higher share, on the last three months",
        value={
            "terms": {
                "schema": 2,
                "currency": "EUR",
                "time_zone": "Europe/Berlin",
                "parties": _PARTIES,
                "clauses": [
                    {
                        "id": "sales",
                        "pays": {
                            "kind": "split",
                            "shares": [
                                {"party": _PARTIES[0], "share": "55%"},
                                {"party": _PARTIES[1], "share": "45%"},
                            ],
                        },
                    }
                ],
            },
            "months": 3,
        },
        request_only=True,
    ),
    OpenApiExample(
        "What they would have brought",
        value={
            "currency": "EUR",
            "since": "2026-01-01",
            "until": "2026-04-01",
            "conversions": 84,
            "replayed": 82,
            "rows": [
                {
                    "party": _PARTIES[1],
                    "month": "2026-01",
                    "settled_minor": 40000,
                    "simulated_minor": 45000,
                    "difference_minor": 5000,
                }
            ],
            "caps": {"count": 0, "held_back_minor": 0, "waiting_minor": 0},
            "guarantees_settled_minor": 0,
            "guarantees_minor": 0,
            "unassigned_minor": 0,
            "left_out": [],
        },
        response_only=True,
    ),
]
