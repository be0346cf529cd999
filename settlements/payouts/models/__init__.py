"""The tables of payouts. They belong to the app `settlements`."""

from settlements.payouts.models.batches import BatchState, PayoutApproval, PayoutBatch
from settlements.payouts.models.holds import PayoutHold
from settlements.payouts.models.limits import PayoutLimit
from settlements.payouts.models.payments import (
    IN_TRANSIT_STATES,
    Payout,
    PayoutPart,
    PayoutState,
    PayoutStep,
    StepKind,
)
from settlements.payouts.models.reports import OutcomeReport, ReportState
from settlements.payouts.models.unclaimed import NoticeState, UnclaimedAction, UnclaimedNotice, UnclaimedRule

__all__ = [
    "IN_TRANSIT_STATES",
    "BatchState",
    "NoticeState",
    "OutcomeReport",
    "Payout",
    "PayoutApproval",
    "PayoutBatch",
    "PayoutHold",
    "PayoutLimit",
    "PayoutPart",
    "PayoutState",
    "PayoutStep",
    "ReportState",
    "StepKind",
    "UnclaimedAction",
    "UnclaimedNotice",
    "UnclaimedRule",
]
