"""Settlement periods: which days belong together, by an agreement's schedule, clock and cut-off."""

from calendar import monthrange
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from typing import Final, Self
from zoneinfo import ZoneInfo

from partners.domain.terms.settling import Periods, Schedule

_MIDDLE: Final = 16  # the day on which the second half of a month begins
MONTHLY: Final = Periods()


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """The business days `[starts_on, ends_on)` in one zone; the instants `[starts_at, ends_at)` in UTC.

    A business day begins at the cut-off of its calendar day: with 04:00, what happens at 03:00 belongs to the day before.
    """

    starts_on: date
    ends_on: date
    zone: str
    cut_off: time = time(0)

    @classmethod
    def holding(cls, day: date, zone: str, rule: Periods = MONTHLY) -> Self:
        """The period of a business day by its schedule."""
        starts_on, ends_on = _bounds(day, rule)
        return cls(starts_on, ends_on, zone, time.fromisoformat(rule.cut_off))

    def clipped(self, *, after: date | None, before: date | None) -> Self:
        """Without the days before `after` and from `before` on, which belong to other periods."""
        starts_on = max(self.starts_on, after) if after else self.starts_on
        ends_on = min(self.ends_on, before) if before else self.ends_on
        return type(self)(starts_on, ends_on, self.zone, self.cut_off)

    def holds(self, day: date) -> bool:
        """Whether a business day lies inside."""
        return self.starts_on <= day < self.ends_on

    @property
    def starts_at(self) -> datetime:
        """The instant at which the first business day begins."""
        return self._instant(self.starts_on)

    @property
    def ends_at(self) -> datetime:
        """The instant at which the day after the last one begins."""
        return self._instant(self.ends_on)

    def _instant(self, day: date) -> datetime:
        return datetime.combine(day, self.cut_off, tzinfo=ZoneInfo(self.zone)).astimezone(UTC)

    def __str__(self) -> str:
        return span_name(self.starts_on, self.ends_on)


def span_name(starts_on: date, ends_on: date) -> str:
    """`2026-11` for a whole month, else the first and the last day: `2026-11-02/2026-11-08`."""
    if starts_on.day == 1 and ends_on == next_month(starts_on):
        return f"{starts_on:%Y-%m}"
    return f"{starts_on.isoformat()}/{(ends_on - timedelta(days=1)).isoformat()}"


def business_day(instant: datetime, zone: str, rule: Periods = MONTHLY) -> date:
    """The business day that an instant belongs to."""
    local = instant.astimezone(ZoneInfo(zone))
    day: date = local.date()
    return day if local.time() >= time.fromisoformat(rule.cut_off) else day - timedelta(days=1)


def next_month(day: date) -> date:
    """The first day of the month after."""
    year, month = divmod(day.year * 12 + day.month, 12)
    return date(year, month + 1, 1)


def months_back(day: date, count: int) -> tuple[str, ...]:
    """The last `count` months as `YYYY-MM`, oldest first, ending with the month of `day`."""
    last = day.year * 12 + day.month - 1
    return tuple(f"{n // 12:04d}-{n % 12 + 1:02d}" for n in range(last - count + 1, last + 1))


def _bounds(day: date, rule: Periods) -> tuple[date, date]:
    match rule.schedule:
        case Schedule.WEEKLY:
            into = (day.isoweekday() - 1 - (rule.weekday or 7)) % 7
            starts_on = day - timedelta(days=into)
            return starts_on, starts_on + timedelta(days=7)
        case Schedule.HALF_MONTHLY:
            middle = day.replace(day=min(_MIDDLE, monthrange(day.year, day.month)[1]))
            return (day.replace(day=1), middle) if day < middle else (middle, next_month(day))
        case Schedule.QUARTERLY:
            starts_on = date(day.year, (day.month - 1) // 3 * 3 + 1, 1)
            return starts_on, next_month(next_month(next_month(starts_on)))
    return day.replace(day=1), next_month(day)
