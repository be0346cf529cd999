"""Entries of one alliance are taken for things by one after another. A step of those services."""

from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock_bank(alliance_id: UUID) -> None:
    """Wait until nobody else matches entries of this alliance; until the transaction ends."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_LOCK, [f"settlements.bank {alliance_id}"])
