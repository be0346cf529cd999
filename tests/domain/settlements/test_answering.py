"""Until when a statement can be answered: whole days of the agreement's zone, through short days and clock changes."""

from datetime import UTC, datetime

import pytest

from settlements.domain.answering import remind_at, silence_from


def at(text):
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


@pytest.mark.parametrize(
    ("closed", "days", "zone", "silence", "reminder"),
    [
        ("2026-02-15T12:00", 10, "UTC", "2026-02-26T00:00", "2026-02-23T09:00"),
        ("2026-02-15T12:00", 10, "America/New_York", "2026-02-26T05:00", "2026-02-23T14:00"),
        ("2026-02-15T16:30", 10, "Asia/Shanghai", "2026-02-26T16:00", "2026-02-24T01:00"),  # the 16th there already
        ("2026-03-25T12:00", 7, "Europe/Berlin", "2026-04-01T22:00", "2026-03-30T07:00"),  # summer time began between
        ("2026-03-05T12:00", 2, "Europe/Berlin", "2026-03-07T23:00", "2026-03-07T08:00"),
        ("2026-03-05T12:00", 1, "Europe/Berlin", "2026-03-06T23:00", None),  # the first mail is no day old
        ("2026-03-05T07:00", 1, "Europe/Berlin", "2026-03-06T23:00", "2026-03-06T08:00"),
    ],
)
def test_days(closed, days, zone, silence, reminder):
    found = silence_from(at(closed), days=days, time_zone=zone)
    assert found == at(silence)
    assert remind_at(at(closed), found, time_zone=zone) == (at(reminder) if reminder else None)


def test_never():
    assert silence_from(at("2026-02-15T12:00"), days=0, time_zone="UTC") is None
