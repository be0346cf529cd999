"""Payouts of one host are planned, approved and settled one after another. A step of those services."""

from collections.abc import Collection
from typing import Final
from uuid import UUID

from django.db import connections

from alliance.kernel.tenancy import database_alias
from settlements.services.lock_calendars import lock_calendars

_LOCK: Final = "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))"


def lock_payouts(host_id: UUID, *, agreement_ids: Collection[UUID] = ()) -> None:
    """Wait until nobody else plans or sets aside this host's money; until the transaction ends.

    With agreements also wait for closes of their periods, which move the same balances.
    """
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(_LOCK, [f"settlements.payouts {host_id}"])
    lock_calendars(agreement_ids)
