"""Let accruals of an alliance go side by side, and whoever has to be alone wait until it is."""

from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

_SHARED: Final = "SELECT pg_advisory_xact_lock_shared(hashtextextended(%s, 0))"
_ALONE: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def pass_gate(alliance_id: UUID, *, alone: bool) -> None:
    """Wait for the gate; it stays passed until the transaction ends."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_ALONE if alone else _SHARED, [f"settlements.accruals {alliance_id}"])
