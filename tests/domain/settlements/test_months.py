"""Local months, and where a conversion lands."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.ids import new_id
from settlements.domain.months import Month, months_back
from settlements.domain.placing import Calendar

ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "Africa/Cairo"]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.sampled_from(ZONES))
def test_months_follow_each_other_without_gap_or_overlap(day, zone):
    month = Month.holding(day, zone)
    following = Month.holding(month.ends_on, zone)
    assert month.starts_on <= day < month.ends_on
    assert month.ends_at == following.starts_at
    assert month.starts_at < month.ends_at


def test_daylight_saving_moves_the_instants_not_the_days():
    march = Month(date(2026, 3, 1), "Europe/London")
    assert march.starts_at == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    assert march.ends_at == datetime(2026, 3, 31, 23, 0, tzinfo=UTC)
    assert str(march) == "2026-03"


def test_the_last_twelve_months_cross_the_year():
    assert months_back(date(2026, 2, 28), 3) == ("2025-12", "2026-01", "2026-02")
    assert len(months_back(date(2026, 2, 28), 12)) == 12


@pytest.mark.parametrize(
    ("closed", "occurred_on", "today", "lands", "late"),
    [
        (None, date(2026, 10, 31), date(2026, 11, 5), date(2026, 10, 31), False),
        (date(2026, 9, 1), date(2026, 10, 31), date(2026, 11, 5), date(2026, 10, 31), False),
        (date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 5), date(2026, 11, 5), True),
        (date(2026, 10, 1), date(2026, 8, 1), date(2026, 11, 5), date(2026, 11, 5), True),
        (date(2026, 11, 1), date(2026, 8, 1), date(2026, 11, 5), date(2026, 12, 1), True),
    ],
)
def test_a_conversion_lands_in_its_month_or_the_present_one(closed, occurred_on, today, lands, late):
    agreement_id = new_id()
    calendar = Calendar({agreement_id: closed} if closed else {})
    placement = calendar.place(agreement_id, occurred_on=occurred_on, today=today, zone="UTC", currency="EUR")
    assert (placement.effective_on, placement.is_late) == (lands, late)
    assert placement.agreement_month.month == Month.holding(lands, "UTC")
