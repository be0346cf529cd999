"""Which days banks work: no week-end of the country and none of its public holidays; days worked in exchange are counted."""

from datetime import date
from functools import cache
from typing import Final

import holidays

_SATURDAY: Final = 5


def is_business_day(day: date, country: str | None) -> bool:
    """Whether `day` is a business day in the country (ISO 3166, two letters); without one, Monday to Friday.

    A Chinese Sunday that is worked for a holiday's sake is one; a Friday in Riyadh is none. A code that nobody knows counts
    as no country.
    """
    calendar = _calendar(country) if country else None
    if calendar is None:
        return day.weekday() < _SATURDAY
    return calendar.is_working_day(day)


@cache
def _calendar(country: str) -> holidays.HolidayBase | None:
    """The country's calendar; it adds years by itself as it is asked."""
    try:
        return holidays.country_holidays(country)
    except NotImplementedError:
        return None
