"""When payouts are due: days of months and weeks, short months, weekends."""

from datetime import date, timedelta

import pytest

from partners.domain.terms.settling import Payout as PayoutRule
from partners.domain.terms.settling import Schedule
from settlements.payouts.domain.schedule import is_due


def due_days(year, month, **rule):
    first = date(year, month, 1)
    days = [first + timedelta(days=n) for n in range(31) if (first + timedelta(days=n)).month == month]
    return [day.day for day in days if is_due(PayoutRule(**rule), day)]


@pytest.mark.parametrize(
    ("month", "rule", "days"),
    [
        (2, {"day": 31}, [2]),  # S54: that of January; 28 February 2026 is a Saturday, so it is paid in March
        (3, {"day": 31}, [2, 31]),
        (2, {"day": 31, "business_day": "preceding"}, [27]),
        (2, {"day": 31, "business_day": "as_is"}, [28]),
        (4, {"day": 31}, [30]),
        (4, {"day": 15}, [15]),
        (4, {}, [1]),
        (5, {"schedule": Schedule.HALF_MONTHLY, "business_day": "as_is"}, [1, 16]),
        (5, {"schedule": Schedule.HALF_MONTHLY}, [1, 18]),
        (4, {"schedule": Schedule.WEEKLY, "weekday": 5}, [3, 10, 17, 24]),
        (5, {"schedule": Schedule.QUARTERLY, "day": 10}, []),
        (7, {"schedule": Schedule.QUARTERLY, "day": 10}, [10]),
        (5, {"day": 1}, [1]),
        (5, {"day": 1, "holidays": "DE"}, [4]),  # Labour Day on a Friday: the Monday after
        (5, {"day": 1, "holidays": "DE", "business_day": "as_is"}, [1]),
        (4, {"day": 6, "holidays": "DE"}, [7]),  # Easter Monday
        (4, {"day": 6, "holidays": "DE", "business_day": "preceding"}, [2]),  # over Easter and Good Friday
        (4, {"day": 6, "holidays": "US"}, [6]),
        (12, {"day": 25, "holidays": "GB"}, [29]),  # Boxing Day is on a Saturday, so Monday is free in its stead
        (2, {"day": 16, "holidays": "CN"}, [24]),  # nine days of Spring Festival
        (2, {"day": 14, "holidays": "CN"}, [14]),  # a Saturday that is worked for it
        (
            10,
            {"schedule": Schedule.WEEKLY, "weekday": 4, "holidays": "CN"},
            [8, 15, 22, 29],
        ),  # 1 October falls to the 8th too
        (
            3,
            {"schedule": Schedule.WEEKLY, "weekday": 5, "holidays": "SA", "business_day": "preceding"},
            [5, 12, 18, 26],
        ),  # Fridays are free there, and Eid al-Fitr is on the 19th
        (5, {"day": 1, "holidays": "XX"}, [1]),  # a code that nobody knows: week-ends alone
    ],
)
def test_due_days_of_2026(month, rule, days):
    assert due_days(2026, month, **rule) == days
