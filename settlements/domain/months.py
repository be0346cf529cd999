"""Local months: which one an instant belongs to, and where it begins and ends."""

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Self
from zoneinfo import ZoneInfo


@dataclass(frozen=True, slots=True, order=True)
class Month:
    """A calendar month in one zone: the days `[starts_on, ends_on)`, the instants `[starts_at, ends_at)` in UTC."""

    starts_on: date
    zone: str

    @classmethod
    def holding(cls, day: date, zone: str) -> Self:
        """The month of a local day."""
        return cls(day.replace(day=1), zone)

    @property
    def ends_on(self) -> date:
        """The first day of the next month."""
        year, month = divmod(self.starts_on.year * 12 + self.starts_on.month, 12)
        return date(year, month + 1, 1)

    @property
    def starts_at(self) -> datetime:
        """The instant of the first local midnight."""
        return _midnight(self.starts_on, self.zone)

    @property
    def ends_at(self) -> datetime:
        """The instant of the local midnight after the last day."""
        return _midnight(self.ends_on, self.zone)

    def __str__(self) -> str:
        return f"{self.starts_on:%Y-%m}"


def _midnight(day: date, zone: str) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=ZoneInfo(zone)).astimezone(UTC)


def months_back(day: date, count: int) -> tuple[str, ...]:
    """The last `count` months as `YYYY-MM`, oldest first, ending with the month of `day`."""
    last = day.year * 12 + day.month - 1
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - count + 1, last + 1))
