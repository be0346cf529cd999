"""Undo a journal by its mirror; nothing is ever edited."""

from datetime import date, datetime
from uuid import UUID

from alliance.kernel.ids import new_id
from settlements.ledger.functions import call_for_uuid


def reverse_journal(*, journal_id: UUID, key: str, effective_on: date, occurred_at: datetime) -> UUID:
    """The id of the journal that mirrors `journal_id` entry by entry, posted now unless `key` did so before.

    `effective_on` must fall into an open period, as with any posting. Raises `AlreadyReversedError` under
    another key, `ReversalNotMirrorError` for a reversal of a reversal, and what `post_journals` raises.
    """
    return call_for_uuid(
        "SELECT ledger_reverse(%s, %s, %s, %s, %s, %s)",
        [journal_id, new_id(), key, "reversal", effective_on, occurred_at],
    )
