"""Identifiers: UUID version 7 (RFC 9562), so that keys made later sort later and index pages stay warm."""

from uuid import UUID

from uuid_utils import uuid7 as _fast_uuid7
from uuid_utils.compat import uuid7 as _uuid7


def new_id() -> UUID:
    """A new time-ordered identifier; unique without asking the database."""
    return _uuid7()


def new_id_text() -> str:
    """As `new_id`, written out: several times faster, for rows by the hundred thousand."""
    return str(_fast_uuid7())
