"""Open the book of an alliance."""

from uuid import UUID

from alliance.kernel.ids import new_id
from settlements.ledger.functions import call_for_uuid


def open_book(*, alliance_id: UUID, host_id: UUID) -> UUID:
    """The id of the alliance's one book, opened now if there was none.

    Safe to repeat and to race. Raises `NotTheBooksHostError` outside the host's scope (or the operator's
    role), or when `host_id` does not host the alliance.
    """
    return call_for_uuid("SELECT ledger_open_book(%s, %s, %s)", [new_id(), alliance_id, host_id])
