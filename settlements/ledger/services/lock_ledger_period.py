"""Keep every other posting out of a period while a close computes."""

from uuid import UUID

from settlements.ledger.functions import call_for_truth


def lock_ledger_period(*, period_id: UUID) -> bool:
    """Whether the period is open, read under a lock that lasts until this transaction ends.

    Waits for every posting under way in the period; later ones wait for this transaction, which may itself
    still post into it. Raises `NotTheBooksHostError` outside the host's scope, or when there is no such period.
    """
    return call_for_truth("SELECT ledger_lock_period(%s)", [period_id])
