"""Open a ledger period of an agreement."""

from datetime import date
from uuid import UUID

from alliance.kernel.ids import new_id
from settlements.ledger.functions import call_for_uuid


def open_period(*, book_id: UUID, agreement_id: UUID, starts_on: date, ends_on: date) -> UUID:
    """The id of the agreement's period over the half-open days `[starts_on, ends_on)`, opened now if there was none.

    `ends_on` is the first day after it. Safe to repeat and to race; a period that has been closed comes back
    closed. Raises `PeriodOverlapsError` when another one overlaps, `NotTheBooksHostError` outside the host's
    scope, `AccountMismatchError` when the agreement belongs to another alliance.
    """
    return call_for_uuid(
        "SELECT ledger_open_period(%s, %s, %s, %s, %s)", [new_id(), book_id, agreement_id, starts_on, ends_on]
    )
