"""What the API answers about orders, conversions and imports, as examples of its shapes in the OpenAPI document.

One sale of 100.00 EUR in Lectern's shop, which came about through North Fitness: settlements tell what becomes of it.
"""

from collections.abc import Mapping
from types import MappingProxyType
from typing import Any, Final

from partners.openapi_examples import AGREEMENT, ALLIANCE, ORGANIZATION

Document = dict[str, Any]

_RECORDED_AT: Final = "2026-04-14T10:02:11Z"
_ORDER_ID: Final = "01939d6a-0000-7000-8000-000000000101"
CONVERSION: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000102",
    "alliance_id": ALLIANCE["id"],
    "host_id": ALLIANCE["host_id"],
    "partner_id": ORGANIZATION["id"],
    "agreement_id": AGREEMENT["id"],
    "order_id": _ORDER_ID,
    "original_id": None,
    "original_reference": "",
    "kind": "sale",
    "reference": "L-1001",
    "occurred_at": "2026-04-14T10:00:00Z",
    "currency": "EUR",
    "amount_minor": 10000,
    "quantity": 3,
    "parent_reference": "",
    "invalid_reason": "",
    "returned_quantity": 0,
    "partner_code": "north",
    "match_issue": "",
    "created_at": _RECORDED_AT,
}
_ORDER: Final[Document] = {
    "id": _ORDER_ID,
    "alliance_id": ALLIANCE["id"],
    "reference": CONVERSION["reference"],
    "kind": CONVERSION["kind"],
    "occurred_at": CONVERSION["occurred_at"],
    "currency": "EUR",
    "amount_minor": 10000,
    "customer": "c-58213",
    "partner_code": "north",
    "created_at": _RECORDED_AT,
    "lines": [
        {
            "position": 1,
            "item": "COURSE-7",
            "description": "Strength at home",
            "quantity": "1.000000",
            "unit_price": "60.000000",
            "amount_minor": 6000,
        },
        {
            "position": 2,
            "item": "KIT-03",
            "description": "Resistance bands, set of five",
            "quantity": "2.000000",
            "unit_price": "20.000000",
            "amount_minor": 4000,
        },
    ],
    "conversion": CONVERSION,
}
_IMPORT: Final[Document] = {
    "id": "01939d6a-0000-7000-8000-000000000103",
    "state": "succeeded",
    "done": 3,
    "total": 3,
    "queued_at": "2026-04-14T10:02:10Z",
    "started_at": _RECORDED_AT,
    "finished_at": "2026-04-14T10:02:12Z",
    "error_code": "",
    "alliance_id": ALLIANCE["id"],
    "file_name": "orders-2026-04-14.csv",
    "file_sha256": "4b227777d4dd1fc61c6f884f48641d02b4d121d3fd328cb08b5531fcacdabf8a",
    "problem": "",
    "tally": {
        "rows": 3,
        "orders_new": 1,
        "orders_known": 0,
        "orders_changed": 0,
        "orders_rejected": 1,
        "orders_zero": 0,
        "lines_new": 2,
        "lines_known": 0,
        "rows_rejected": 1,
        "orders_by_kind": {"sale": 1},
        "sums_minor": {"sale": 10000},
        "issues": {"not_a_number": 1},
        "partner_codes_unknown": {},
    },
}
_IMPORT_ERROR: Final[Document] = {
    "row_number": 4,
    "column": "Unit price",
    "code": "not_a_number",
    "reference": "L-1002",
    "cells": ["L-1002", "2026-04-14 12:30", "north", "KIT-03", "1", "twenty"],
}
EXAMPLES: Final[Mapping[str, Document]] = MappingProxyType(
    {
        "ConversionShape": CONVERSION,
        "OrderShape": _ORDER,
        "ImportShape": _IMPORT,
        "ImportErrorShape": _IMPORT_ERROR,
    }
)
