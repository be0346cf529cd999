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
    ],
)
def test_due_days_of_2026(month, rule, days):
    assert due_days(2026, month, **rule) == days
