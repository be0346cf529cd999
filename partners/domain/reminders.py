"""When somebody is reminded of what: local mornings, counted in days from a day that matters."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

MORNING: Final = 9  # o'clock
LATEST: Final = timedelta(days=3)  # what could not be sent for longer is left out


class ReminderKind(StrEnum):
    """Of what."""

    SIGN_VERSION = "sign_version"
    SIGN_ENDING = "sign_ending"
    BEGINS = "begins"
    ENDS = "ends"
    NOTICE_DEADLINE = "notice_deadline"


AFTER: Final = (3, 7)  # days after something began to wait; at once there is a mail of its own
BEFORE: Final[dict[ReminderKind, tuple[int, ...]]] = {
    ReminderKind.BEGINS: (7, 1),
    ReminderKind.ENDS: (30, 7, 1),
    ReminderKind.NOTICE_DEADLINE: (30, 7, 1),
}


@dataclass(frozen=True, slots=True)
class Point:
    """One reminder for the local day `on`: so many `days` before or after it, due at an instant."""

    on: date
    days: int
    due_at: datetime


def points_after(began_at: datetime, time_zone: str) -> list[Point]:
    """The reminders of something that waits since `began_at`."""
    day = began_at.astimezone(ZoneInfo(time_zone)).date()
    return [Point(day, days, _morning(day + timedelta(days=days), time_zone)) for days in AFTER]


def points_before(kind: ReminderKind, day: date, time_zone: str) -> list[Point]:
    """The reminders of a day to come."""
    return [Point(day, days, _morning(day - timedelta(days=days), time_zone)) for days in BEFORE[kind]]


def due_point(points: Sequence[Point], *, since: datetime, now: datetime) -> Point | None:
    """The latest point that has come, unless it lay before `since` or is older than three days; `None` when there is none.

    Earlier ones are passed over: one mail says how things stand now.
    """
    come = [point for point in points if point.due_at <= now]
    if not come:
        return None
    latest = max(come, key=lambda point: point.due_at)
    return latest if latest.due_at > max(since, now - LATEST) else None


def _morning(day: date, time_zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, MORNING, tzinfo=ZoneInfo(time_zone)).astimezone(UTC)
