"""Write the rates of one import. A step of recording: the only way any comes to count."""

from collections.abc import Iterable
from datetime import datetime
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.events import publish
from alliance.kernel.tenancy import database_alias
from settlements.events import RatesRecorded
from settlements.rates.changes import RateChanges, changes_of
from settlements.rates.domain.quoting import Quote
from settlements.rates.models import ExchangeRate, RateImport, RateImportState
from settlements.rates.selectors import stored_rates


class RatesDifferError(DomainError):
    """Other rates are recorded for the same days. They stay; only a correction adds to them."""

    code = "rates_differ"
    sentence = _("Some of these rates differ from what is recorded. Say that they are corrections, or discard them.")


def record_rate_import(*, actor: Actor, rate_import: RateImport, corrects: bool, now: datetime) -> RateChanges:
    """Record what an import says, which is held. What is known already is passed over; raises `RatesDifferError` unless `corrects`."""
    row = rate_import
    _one_at_a_time(row.organization_id)
    quotes = [Quote.from_json(stored) for stored in row.quotes]
    changes = changes_of(row.source, quotes)
    if changes.corrected and not corrects:
        raise RatesDifferError
    known = stored_rates(row.source, changes.corrected)
    _add(row, ((quote, 1) for quote in changes.added), now)
    _add(row, ((quote, known[quote.key].revision + 1) for quote in changes.corrected), now)
    row.state, row.quotes, row.decided_at = RateImportState.RECORDED, [], now
    row.added_count, row.corrected_count = len(changes.added), len(changes.corrected)
    row.same_count = changes.same_count
    row.save(update_fields=["state", "quotes", "decided_at", "added_count", "corrected_count", "same_count"])
    record(
        actor,
        "rates.recorded",
        row,
        now=now,
        after={"source": row.source, "added": row.added_count, "corrected": row.corrected_count},
    )
    if row.added_count or row.corrected_count:
        publish(RatesRecorded(import_id=str(row.id)), now=now)
    return changes


def _add(row: RateImport, quotes: Iterable[tuple[Quote, int]], now: datetime) -> None:
    ExchangeRate.objects.bulk_create(
        [
            ExchangeRate(
                organization_id=row.organization_id,
                source=row.source,
                base=quote.base,
                quote=quote.quote,
                rate=quote.rate,
                valid_on=quote.valid_on,
                revision=revision,
                rate_import=row,
                recorded_at=now,
            )
            for quote, revision in quotes
        ],
        batch_size=2_000,
    )


def _one_at_a_time(organization_id: UUID) -> None:
    """Two imports of the same rates at once: the second finds what the first has recorded."""
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT pg_advisory_xact_lock(hashtextextended(%s, 0))", [f"settlements.rates {organization_id}"]
        )
