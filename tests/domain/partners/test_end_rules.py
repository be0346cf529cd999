"""How versions end: notice periods, terms that renew themselves, rules that can't be."""

from datetime import UTC, date, datetime
from itertools import islice
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.domain.end_rule import AtEnd, EndRule, EndRuleError, notice_end, term_ends
from partners.domain.local_days import add_months, last_day, local_midnight

ZONES = ("UTC", "Asia/Shanghai", "Europe/London", "America/Havana", "Pacific/Apia", "Asia/Kathmandu")


def _notice(days: int | None, at: str, zone: str, **rule: object) -> datetime | None:
    return notice_end(EndRule(notice_days=days), given_at=datetime.fromisoformat(at), time_zone=zone, **rule)


def test_a_notice_is_over_with_the_last_of_its_days():
    end = _notice(30, "2026-03-02T09:30:00+00:00", "Asia/Shanghai")
    assert end == datetime(2026, 4, 1, 16, tzinfo=UTC)  # 1 April, 23:59:59 in Shanghai, and not a moment longer
    assert last_day(end, "Asia/Shanghai") == date(2026, 4, 1)


def test_the_local_day_of_the_notice_counts_for_nothing():
    assert _notice(0, "2026-03-02T15:59:59+00:00", "Asia/Shanghai") == datetime(2026, 3, 2, 16, tzinfo=UTC)
    assert _notice(0, "2026-03-02T16:00:00+00:00", "Asia/Shanghai") == datetime(2026, 3, 3, 16, tzinfo=UTC)
    assert _notice(None, "2026-03-02T16:00:00+00:00", "UTC") is None


def test_a_notice_over_a_change_of_the_clock_counts_days_not_hours():
    assert _notice(7, "2026-03-27T12:00:00+00:00", "Europe/London") == datetime(2026, 4, 3, 23, tzinfo=UTC)


RENEWING = EndRule(notice_days=30, at_end=AtEnd.RENEW, renewal_months=12)


@pytest.mark.parametrize(
    ("given_at", "ends"),
    [
        (datetime(2026, 12, 1, 23, 59, tzinfo=UTC), date(2027, 1, 1)),  # 30 whole days are left
        (datetime(2026, 12, 2, tzinfo=UTC), date(2028, 1, 1)),  # one too few
        (datetime(2030, 6, 1, tzinfo=UTC), date(2031, 1, 1)),
    ],
)
def test_a_version_that_renews_itself_ends_with_a_term(given_at, ends):
    end = notice_end(RENEWING, given_at=given_at, time_zone="UTC", signed_until=datetime(2027, 1, 1, tzinfo=UTC))
    assert end == local_midnight(ends, "UTC")


def test_terms_are_counted_from_the_first_end():
    ends = islice(term_ends(datetime(2026, 1, 31, tzinfo=UTC), 1, "UTC"), 4)
    assert [last.date() for last in ends] == [
        date(2026, 1, 31),
        date(2026, 2, 28),
        date(2026, 3, 31),
        date(2026, 4, 30),
    ]


@given(st.dates(date(1990, 1, 1), date(2090, 1, 1)), st.integers(0, 600))
def test_months_later_is_the_same_day_or_the_months_last(day, months):
    later = add_months(day, months)
    assert (later.year - day.year) * 12 + later.month - day.month == months
    assert later.day == day.day or (later.day < day.day and (later.replace(day=28) != later or later.day == 28))


@given(
    st.datetimes(datetime(2000, 1, 1), datetime(2060, 1, 1), timezones=st.just(UTC)),
    st.integers(0, 730),
    st.sampled_from(ZONES),
)
def test_so_many_whole_local_days_lie_between_notice_and_end(given_at, days, zone):
    end = notice_end(EndRule(notice_days=days), given_at=given_at, time_zone=zone)
    assert end > given_at
    day_of_notice = given_at.astimezone(ZoneInfo(zone)).date()
    assert (last_day(end, zone) - day_of_notice).days == days


@pytest.mark.parametrize(
    ("rule", "has_end", "code"),
    [
        (EndRule(notice_days=-1), True, "notice_out_of_range"),
        (EndRule(notice_days=731), True, "notice_out_of_range"),
        (EndRule(at_end=AtEnd.RENEW, renewal_months=1), False, "no_end_to_act_at"),
        (EndRule(at_end=AtEnd.RENEW), True, "renewal_unclear"),
        (EndRule(renewal_months=3), True, "renewal_unclear"),
        (EndRule(at_end=AtEnd.RENEW, renewal_months=0), True, "renewal_out_of_range"),
        (EndRule(at_end=AtEnd.RENEW, renewal_months=121), True, "renewal_out_of_range"),
        (EndRule(at_end=AtEnd.FALL_BACK), True, "fallback_unclear"),
        (EndRule(fallback_number=1), True, "fallback_unclear"),
        (EndRule(at_end=AtEnd.FALL_BACK, fallback_number=3), True, "fallback_not_earlier"),
        (EndRule(at_end=AtEnd.FALL_BACK, fallback_number=0), True, "fallback_not_earlier"),
    ],
)
def test_rules_that_can_not_be(rule, has_end, code):
    with pytest.raises(EndRuleError) as caught:
        rule.check(has_end=has_end, number=3)
    assert caught.value.code == code


@pytest.mark.parametrize(
    "rule",
    [EndRule(), EndRule(0), RENEWING, EndRule(14, AtEnd.FALL_BACK, fallback_number=1)],
)
def test_a_rule_is_stored_and_read_again(rule):
    rule.check(has_end=True, number=2)
    assert EndRule.from_json(rule.to_json()) == rule
