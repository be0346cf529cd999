"""Local days and the instants at which they begin and end."""

import calendar
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo


def local_midnight(day: date, time_zone: str) -> datetime:
    """The instant, in UTC, at which `day` begins in `time_zone`."""
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)


def last_day(end: datetime, time_zone: str) -> date:
    """The last local day before the half-open end `end`: the day at whose 23:59:59 it is over."""
    return (end.astimezone(UTC) - timedelta(microseconds=1)).astimezone(ZoneInfo(time_zone)).date()


def add_months(day: date, months: int) -> date:
    """The same day so many months later, or that month's last day when it is shorter."""
    years, month = divmod(day.month - 1 + months, 12)
    last = calendar.monthrange(day.year + years, month + 1)[1]
    return date(day.year + years, month + 1, min(day.day, last))
