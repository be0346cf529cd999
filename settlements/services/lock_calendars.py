"""Wait until nobody else opens or closes periods of some agreements. A step of the services that move their balances."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias

_LOCK: Final = "SELECT settlements_lock_calendar(%s)"


def lock_calendars(agreement_ids: Collection[UUID]) -> None:
    """Hold the calendars of these agreements until the transaction ends; always in the same order, so nobody waits in a circle."""
    with connections[database_alias()].cursor() as cursor:
        for agreement_id in sorted(set(agreement_ids)):
            cursor.execute(_LOCK, [agreement_id])
