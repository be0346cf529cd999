"""Close a ledger period for good."""

from uuid import UUID

from settlements.ledger.functions import call_for_truth


def close_ledger_period(*, period_id: UUID) -> bool:
    """Close the period; False when it was closed before. Nothing reopens it.

    Waits for every posting under way in it; what the transaction reads afterwards is all there will ever be.
    Raises `NotTheBooksHostError` outside the host's scope, or when there is no such period.
    """
    return call_for_truth("SELECT ledger_close_period(%s)", [period_id])
