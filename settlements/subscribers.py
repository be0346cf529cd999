"""What settlements hears: conversions, as they are recorded and as agreements come to explain them."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from campaigns.events import ConversionsMatched, ConversionsRecorded
from settlements.services.accrue_conversions import accrue_conversions


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
