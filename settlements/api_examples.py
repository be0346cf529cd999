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
    )
]
