"""Identifiers: UUID version 7 (RFC 9562), so that keys made later sort later and index pages stay warm."""

from uuid import UUID

from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A new time-ordered identifier; unique without asking the database."""
    return _uuid7()
