"""Seal what a book has posted: number its journals and chain them."""

from uuid import UUID

from alliance.kernel.ids import new_id
from settlements.ledger.functions import call_for_number


def seal_journals(*, book_id: UUID) -> int:
    """Make the next link of the book's chain over every journal that is visible and not sealed yet; how many they were.

    Nothing to seal makes no link. Safe to repeat and to race; postings neither wait for it nor it for them: what commits
    later is sealed later. Raises `NotTheBooksHostError` outside the host's scope (or the operator's role).
    """
    return call_for_number("SELECT ledger_seal_journals(%s, %s)", [new_id(), book_id])
