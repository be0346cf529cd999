"""Accrue what waited for an exchange rate, once one is stored."""

from collections.abc import Iterator
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.tenancy import across_organizations, organization_scope
from settlements.models import SuspenseItem
from settlements.services.accrue_conversions import Accrued, accrue_conversions

_BATCH: Final = 500


def accrue_waiting(*, actor: Actor, now: datetime) -> Accrued:
    """Try again what has an agreement and is in suspense all the same, the earliest first; in the host's scope.

    What still has no rate stays there. Repeating it is harmless.
    """
    done = Accrued()
    for ids in _waiting():
        done += accrue_conversions(actor=actor, conversion_ids=ids, now=now)
    return done


def _waiting() -> Iterator[list[UUID]]:
    rows = SuspenseItem.objects.filter(released_at__isnull=True, conversion__agreement__isnull=False)
    ids = list(rows.order_by("occurred_at", "id").values_list("conversion_id", flat=True))
    for start in range(0, len(ids), _BATCH):
        yield ids[start : start + _BATCH]


def accrue_all_waiting(*, now: datetime) -> int:
    """Every host's; how many accrued. Runs outside any scope, by the clock: a rate may come while an order is being held."""
    with across_organizations(reason="the clock serves every host's orders that wait for a rate"):
        waiting = SuspenseItem.objects.filter(released_at__isnull=True, conversion__agreement__isnull=False)
        hosts = sorted(set(waiting.order_by().values_list("organization_id", flat=True)))
    found = 0
    for host_id in hosts:
        with organization_scope(host_id):
            found += accrue_waiting(actor=system_actor(host_id, label="a stored rate"), now=now).accrued
    return found
