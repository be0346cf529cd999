"""Until when a statement can be answered, and when its party is reminded of it: whole local days of the agreement."""

from datetime import UTC, date, datetime, timedelta
from typing import Final
from zoneinfo import ZoneInfo

MORNING: Final = 9  # o'clock
DAYS_BEFORE: Final = 3  # before silence counts; of shorter times to answer, the day before


def silence_from(closed_at: datetime, *, days: int, time_zone: str) -> datetime | None:
    """From when on silence is acceptance (UTC): `days` whole local days after the day of the close; `None`, never, for 0."""
    if not days:
        return None
    return _local(_day(closed_at, time_zone) + timedelta(days=days + 1), 0, time_zone)


def remind_at(closed_at: datetime, silence: datetime, *, time_zone: str) -> datetime | None:
    """The morning on which to remind (UTC); `None` where the mail of the close itself is no day old by then."""
    last = _day(silence, time_zone)
    for before in (DAYS_BEFORE, 1):
        morning = _local(last - timedelta(days=before), MORNING, time_zone)
        if morning >= closed_at + timedelta(days=1):
            return morning
    return None


def _day(at: datetime, time_zone: str) -> date:
    return at.astimezone(ZoneInfo(time_zone)).date()


def _local(day: date, hour: int, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, hour, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
