"""What waits for finance, where North Fitness stands inside the hold, and what it owed after a refund that came later."""

from typing import Any, Final

from settlements.openapi_examples.earning import NORTH, STATEMENT
from settlements.openapi_examples.paying import BATCH

Document = dict[str, Any]

_WHOSE: Final[Document] = {"organization_id": NORTH, "agreement_id": STATEMENT["agreement_id"], "currency": "EUR"}
EXAMPLES: Final[dict[str, Document]] = {
    "FinanceQueueShape": {
        "name": "payouts",
        "count": 1,
        "amounts": [{"currency": "EUR", "amount_minor": BATCH["total_minor"]}],
    },
    "StandingShape": {
        **_WHOSE,
        "total_minor": 4000,
        "pending_minor": 4000,
        "available_minor": 0,
        "reserved_minor": 0,
        "disputed_minor": 0,
        "in_transit_minor": 0,
        "owed_back_minor": 0,
        "advance_minor": 0,
        "coming": [{"kind": "hold", "on": "2026-05-14", "amount_minor": 4000}],
        "payout": None,
        "waiting_for_invoices": [],
    },
    "DebtShape": {
        **_WHOSE,
        "amount_minor": 4000,
        "since": "2026-06-20",
        "days_0_30_minor": 4000,
        "days_31_60_minor": 0,
        "days_61_90_minor": 0,
        "days_over_90_minor": 0,
    },
}
