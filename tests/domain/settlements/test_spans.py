"""Settlement periods by schedule, clock and cut-off, and where a conversion lands."""

from datetime import UTC, date, datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.ids import new_id
from partners.domain.terms.settling import Periods, Schedule
from settlements.domain.placing import Calendar
from settlements.domain.spans import Span, business_day, months_back

ZONES = ["UTC", "Europe/London", "America/New_York", "Asia/Shanghai", "Pacific/Apia", "Africa/Cairo"]
DAYS = st.dates(date(1990, 1, 1), date(2090, 1, 1))
CUT_OFFS = st.sampled_from(["00:00", "04:00", "18:30"])
RULES = st.one_of(
    st.builds(
        Periods,
        schedule=st.sampled_from([Schedule.HALF_MONTHLY, Schedule.MONTHLY, Schedule.QUARTERLY]),
        cut_off=CUT_OFFS,
    ),
    st.builds(Periods, schedule=st.just(Schedule.WEEKLY), weekday=st.integers(1, 7), cut_off=CUT_OFFS),
)


@given(DAYS, st.sampled_from(ZONES), RULES)
def test_periods_follow_each_other_without_gap_or_overlap(day, zone, rule):
    span = Span.holding(day, zone, rule)
    following = Span.holding(span.ends_on, zone, rule)
    assert span.holds(day)
    assert span.ends_on == following.starts_on
    assert span.ends_at == following.starts_at
    assert span.starts_at < span.ends_at


@given(st.datetimes(datetime(1990, 1, 1), datetime(2090, 1, 1)), st.sampled_from(ZONES), RULES)
def test_the_business_day_of_an_instant_lies_in_the_period_of_its_instants(naive, zone, rule):
    instant = naive.replace(tzinfo=UTC)
    span = Span.holding(business_day(instant, zone, rule), zone, rule)
    assert span.starts_at <= instant < span.ends_at


@pytest.mark.parametrize(
    ("rule", "day", "named"),
    [
        (Periods(), date(2026, 2, 28), "2026-02"),
        (Periods(schedule=Schedule.QUARTERLY), date(2026, 2, 28), "2026-01-01/2026-03-31"),
        (Periods(schedule=Schedule.HALF_MONTHLY), date(2026, 2, 15), "2026-02-01/2026-02-15"),
        (Periods(schedule=Schedule.HALF_MONTHLY), date(2026, 2, 16), "2026-02-16/2026-02-28"),
        (Periods(schedule=Schedule.WEEKLY, weekday=7), date(2026, 11, 8), "2026-11-02/2026-11-08"),
        (Periods(schedule=Schedule.WEEKLY, weekday=5), date(2026, 11, 7), "2026-11-07/2026-11-13"),
    ],
)
def test_a_day_belongs_to_the_period_of_its_schedule(rule, day, named):
    assert str(Span.holding(day, "UTC", rule)) == named


def test_what_happens_before_the_cut_off_belongs_to_the_day_before():
    rule = Periods(cut_off="04:00")
    assert business_day(datetime(2026, 10, 31, 19, 59, tzinfo=UTC), "Asia/Shanghai", rule) == date(2026, 10, 31)
    assert business_day(datetime(2026, 10, 31, 20, 0, tzinfo=UTC), "Asia/Shanghai", rule) == date(2026, 11, 1)
    assert Span.holding(date(2026, 10, 31), "Asia/Shanghai", rule).ends_at == datetime(2026, 10, 31, 20, tzinfo=UTC)


def test_daylight_saving_moves_the_instants_not_the_days():
    march = Span.holding(date(2026, 3, 1), "Europe/London")
    assert march.starts_at == datetime(2026, 3, 1, 0, 0, tzinfo=UTC)
    assert march.ends_at == datetime(2026, 3, 31, 23, 0, tzinfo=UTC)


def test_the_last_twelve_months_cross_the_year():
    assert months_back(date(2026, 2, 28), 3) == ("2025-12", "2026-01", "2026-02")
    assert len(months_back(date(2026, 2, 28), 12)) == 12


@pytest.mark.parametrize(
    ("closed_until", "occurred_on", "today", "lands", "late"),
    [
        (None, date(2026, 10, 31), date(2026, 11, 5), date(2026, 10, 31), False),
        (date(2026, 10, 1), date(2026, 10, 31), date(2026, 11, 5), date(2026, 10, 31), False),
        (date(2026, 11, 1), date(2026, 10, 31), date(2026, 11, 5), date(2026, 11, 5), True),
        (date(2026, 11, 1), date(2026, 8, 1), date(2026, 11, 5), date(2026, 11, 5), True),
        (date(2026, 12, 1), date(2026, 8, 1), date(2026, 11, 5), date(2026, 12, 1), True),
    ],
)
def test_a_conversion_lands_in_its_period_or_the_present_one(closed_until, occurred_on, today, lands, late):
    agreement_id = new_id()
    calendar = Calendar({agreement_id: closed_until} if closed_until else {})
    placement = calendar.place(agreement_id, occurred_on=occurred_on, today=today, zone="UTC", currency="EUR")
    assert (placement.effective_on, placement.is_late) == (lands, late)
    assert placement.period.span == Span.holding(lands, "UTC")


def test_a_changed_schedule_leaves_neither_gap_nor_overlap():
    agreement_id = new_id()
    november = Span.holding(date(2026, 11, 1), "UTC")
    calendar = Calendar({agreement_id: date(2026, 11, 1)}, {agreement_id: [november]})
    weekly = Periods(schedule=Schedule.WEEKLY, weekday=7)

    def lands(day):
        return str(
            calendar.place(
                agreement_id, occurred_on=day, today=date(2026, 12, 9), zone="UTC", currency="EUR", rule=weekly
            ).period.span
        )

    assert lands(date(2026, 11, 30)) == "2026-11"
    assert lands(date(2026, 12, 1)) == "2026-12-01/2026-12-06"
    assert lands(date(2026, 12, 7)) == "2026-12-07/2026-12-13"
