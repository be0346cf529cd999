"""Ways of payment behind one protocol. A gateway carries orders out; it knows nothing of the ledger."""

from settlements.payouts.gateways.protocol import Gateway, OutcomeUnknownError, PaymentOrder, Report, ReportStatus
from settlements.payouts.gateways.registry import gateway_choices, gateway_named

__all__ = [
    "Gateway",
    "OutcomeUnknownError",
    "PaymentOrder",
    "Report",
    "ReportStatus",
    "gateway_choices",
    "gateway_named",
]
