"""Discard what a file of exchange rates said."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.rates.models import RateImport, RateImportState
from settlements.rates.services.record_rates import RateImportDecidedError


def discard_rates(*, actor: Actor, import_id: UUID, now: datetime) -> None:
    """Record nothing of it. Raises `RateImportDecidedError`, `NotFoundError`, `NotPermittedError`."""
    actor.require(Permission.EXCHANGE_RATE_IMPORT)
    with atomic():
        row = RateImport.objects.select_for_update().filter(pk=import_id).first()
        if row is None:
            raise NotFoundError
        if not row.is_waiting:
            raise RateImportDecidedError
        row.state, row.quotes, row.decided_at = RateImportState.DISCARDED, [], now
        row.save(update_fields=["state", "quotes", "decided_at"])
        record(actor, "rates.discarded", row, now=now)
