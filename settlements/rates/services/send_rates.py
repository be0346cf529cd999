"""Record exchange rates that a program sends."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.rates.changes import RateChanges
from settlements.rates.domain.quoting import Quote
from settlements.rates.models import RateFormat, RateImport
from settlements.rates.services.record_rate_import import record_rate_import


def send_rates(
    *, actor: Actor, source: str, quotes: Sequence[Quote], corrects: bool = False, now: datetime
) -> tuple[UUID, RateChanges]:
    """The import's id, and what it did. What differs from what is recorded is refused unless it `corrects`.

    Raises `RatesDifferError`, `NotPermittedError`; nothing of it is recorded then.
    """
    actor.require(Permission.EXCHANGE_RATE_IMPORT)
    with atomic():
        row = RateImport.objects.create(
            organization_id=actor.organization_id,
            source=source,
            file_format=RateFormat.API,
            quotes=[quote.to_json() for quote in quotes],
            rate_count=len(quotes),
            uploaded_by=actor.label[:160],
            uploaded_at=now,
        )
        return row.id, record_rate_import(actor=actor, rate_import=row, corrects=corrects, now=now)
