"""The days on which an agreement's payouts are due, on its own calendar and by the public holidays that its terms name."""

from calendar import monthrange
from datetime import date, timedelta
from typing import Final

from partners.domain.terms.settling import Payout as PayoutRule
from partners.domain.terms.settling import Schedule
from settlements.payouts.domain.business_days import is_business_day

_MIDDLE: Final = 15
_NEAR: Final = 15  # the longest holidays, with their week-ends, move a day by fewer


def is_due(rule: PayoutRule, day: date) -> bool:
    """Whether payouts are due on this local day: a day of the schedule, or the business day that stands for one."""
    near = (day + timedelta(days=distance) for distance in range(-_NEAR, _NEAR + 1))
    return any(_moved(rule, nominal) == day for nominal in near if _is_nominal(rule, nominal))


def _is_nominal(rule: PayoutRule, day: date) -> bool:
    """Whether the schedule names this day; 31 is the last day of a shorter month."""
    if rule.schedule is Schedule.WEEKLY:
        return day.isoweekday() == rule.weekday
    if rule.schedule is Schedule.QUARTERLY and day.month % 3 != 1:
        return False
    first = _in_month(rule.day or 1, day)
    if rule.schedule is Schedule.HALF_MONTHLY:
        return day.day in {first, _in_month((rule.day or 1) + _MIDDLE, day)}
    return day.day == first


def _in_month(number: int, day: date) -> int:
    return min(number, monthrange(day.year, day.month)[1])


def _moved(rule: PayoutRule, day: date) -> date:
    step = {"following": 1, "preceding": -1}.get(rule.business_day, 0)
    moved, left = day, _NEAR
    while step and left and not is_business_day(moved, rule.holidays):
        moved, left = moved + timedelta(days=step), left - 1
    return moved
