"""Seal every book that has posted something."""

import logging
from uuid import UUID

from django.db import DatabaseError

from alliance.kernel.tenancy import across_organizations, atomic
from alliance.kernel.tenancy.cursors import scoped_cursor
from settlements.proof.services.seal_journals import seal_journals

logger = logging.getLogger(__name__)


def seal_books() -> int:
    """Make the next link of every book's chain, each in a transaction of its own; how many journals were sealed.

    Runs outside any scope. What one book refuses is logged and keeps none of the others waiting.
    """
    with across_organizations(reason="the clock seals every organization's books"):
        return sum(_seal(book_id) for book_id in _waiting())


def _waiting() -> list[UUID]:
    with atomic(), scoped_cursor() as cursor:
        cursor.execute("SELECT ledger_books_to_seal()")
        return [row[0] for row in cursor.fetchall()]


def _seal(book_id: UUID) -> int:
    try:
        with atomic():
            return seal_journals(book_id=book_id)
    except DatabaseError:
        logger.exception("a book could not be sealed", extra={"book_id": str(book_id)})
        return 0
