"""The only place that reads the wall clock. Faces read it once and hand `now` to the service."""

from datetime import UTC, date, datetime
from zoneinfo import ZoneInfo


def utc_now() -> datetime:
    """The present instant, aware, in UTC."""
    return datetime.now(tz=UTC)


def local_date(instant: datetime, zone: str) -> date:
    """The calendar day of an aware `instant` in the IANA zone `zone`."""
    return instant.astimezone(ZoneInfo(zone)).date()


def month_bounds(day: date, zone: str) -> tuple[datetime, datetime]:
    """The half-open `[from, to)` of the month holding `day`, as UTC instants of local midnights in `zone`."""
    tz = ZoneInfo(zone)
    first = datetime(day.year, day.month, 1, tzinfo=tz)
    following = datetime(day.year + day.month // 12, day.month % 12 + 1, 1, tzinfo=tz)
    return first.astimezone(UTC), following.astimezone(UTC)
