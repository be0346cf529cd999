"""What settlements hears and works on: conversions as they come, closes of months; registered when the app starts."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.jobs import register_job
from campaigns.events import ConversionsMatched, ConversionsRecorded
from settlements import audit_words, webhook_types
from settlements.models import Export, PeriodClose
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.run_export import run_export
from settlements.services.run_period_close import run_period_close


def on_conversions_recorded(event: ConversionsRecorded, /, *, organization_id: UUID, now: datetime) -> None:
    """Accrue what was recorded, or hold it in suspense."""
    accrue_conversions(actor=system_actor(organization_id), conversion_ids=event.conversion_ids, now=now)


def on_conversions_matched(event: ConversionsMatched, /, *, organization_id: UUID, now: datetime) -> None:
    """Accrue what an agreement explains now, out of suspense."""
    accrue_conversions(actor=system_actor(organization_id), conversion_ids=event.conversion_ids, now=now)


def register() -> None:
    """Called once from `AppConfig.ready()`."""
    subscribe(ConversionsRecorded, on_conversions_recorded, name="settlements.accrue_recorded", queue="money")
    subscribe(ConversionsMatched, on_conversions_matched, name="settlements.accrue_matched", queue="money")
    register_job(PeriodClose, run_period_close, queue="money")
    register_job(Export, run_export, queue="reports")
    audit_words.register()
    webhook_types.register()
