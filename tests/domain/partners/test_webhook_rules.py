"""When a webhook is tried again, when its endpoint rests, and when it is given up. Case H4."""

import base64
import hashlib
import hmac
from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.webhooks.domain import (
    DISABLED_AT,
    MOST_TRIES,
    NOTICES_AT,
    PATIENCE,
    PAUSES,
    Health,
    Verdict,
    asked_pause,
    pause_after,
    verdict,
)
from partners.webhooks.signing import new_secret, signed_headers

NOW = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)
HOUR = timedelta(hours=1)


def test_the_schedule_spans_three_days():
    assert len(PAUSES) == 9
    assert PAUSES[0] == timedelta(seconds=5)
    assert list(PAUSES) == sorted(PAUSES)
    assert timedelta(days=3) < sum(PAUSES, timedelta()) < timedelta(days=3, hours=6)


@given(st.integers(1, len(PAUSES)), st.floats(0, 1))
def test_a_pause_is_spread_by_a_tenth(tries, chance):
    pause = pause_after(tries, chance=chance)
    assert PAUSES[tries - 1] * 0.899 <= pause <= PAUSES[tries - 1] * 1.101


def test_the_spread_is_used():
    assert pause_after(4, chance=0) < PAUSES[3] < pause_after(4, chance=1)


def test_after_the_last_attempt_there_is_no_other():
    assert MOST_TRIES == 10
    assert pause_after(MOST_TRIES, chance=0.5) is None
    assert pause_after(MOST_TRIES, chance=0.5, asked=HOUR) is None


def test_what_the_receiver_asks_for_lengthens_a_pause_and_never_shortens_it():
    assert pause_after(1, chance=0.5, asked=HOUR) == HOUR
    assert pause_after(4, chance=0.5, asked=timedelta(seconds=1)) == PAUSES[3]


@pytest.mark.parametrize(
    ("status", "header", "pause"),
    [
        (429, "120", timedelta(seconds=120)),
        (503, "120", timedelta(seconds=120)),
        (500, "120", None),
        (200, "120", None),
        (None, "120", None),
        (429, "", None),
        (429, "0", None),
        (429, "-5", None),
        (429, "soon", None),
        (429, "9" * 40, None),
        (429, "999999999", timedelta(days=1)),
        (429, "Mon, 02 Mar 2026 10:30:00 GMT", HOUR),
        (429, "Mon, 02 Mar 2026 10:30:00", HOUR),
        (429, "Mon, 02 Mar 2026 08:30:00 GMT", None),
        (429, "Fri, 31 Dec 9999 23:59:59 GMT", timedelta(days=1)),
    ],
)
def test_retry_after_is_read_within_bounds(status, header, pause):
    assert asked_pause(status, header, NOW) == pause


@pytest.mark.parametrize(
    ("status", "means"),
    [
        (200, Verdict.DELIVERED),
        (204, Verdict.DELIVERED),
        (299, Verdict.DELIVERED),
        (199, Verdict.FAILED),
        (301, Verdict.FAILED),
        (404, Verdict.FAILED),
        (410, Verdict.GONE),
        (500, Verdict.FAILED),
        (None, Verdict.FAILED),
    ],
)
def test_2xx_is_success_and_410_the_end(status, means):
    assert verdict(status) is means


def test_notices_at_5_10_15_and_the_end_at_20_failures_that_last_three_days():
    health, told, ended = Health(), [], None
    for number in range(1, 30):
        at = NOW + number * timedelta(hours=4)
        health = health.after_failure(at)
        if health.is_notice_due():
            told.append(number)
        if health.is_hopeless(at):
            ended = number
            break
    assert tuple(told) == NOTICES_AT == (5, 10, 15)
    assert ended == DISABLED_AT == 20


def test_twenty_failures_of_one_bad_night_are_not_the_end():
    health = Health()
    for number in range(25):
        health = health.after_failure(NOW + number * timedelta(minutes=20))
    assert not health.is_hopeless(NOW + 8 * HOUR)
    assert health.is_hopeless(NOW + PATIENCE)


def test_nineteen_failures_of_a_week_are_not_the_end():
    assert not Health(19, NOW).is_hopeless(NOW + 2 * PATIENCE)


def test_an_endpoint_rests_longer_and_longer_to_a_quarter_of_an_hour():
    rests = [Health(failures, NOW).rest().total_seconds() for failures in (1, 2, 3, 4, 5, 8, 20, 10_000)]
    assert rests == [0, 0, 30, 60, 120, 900, 900, 900]


def test_the_signature_is_the_specifications():
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # the example of the specification
    message = UUID("0194f6e5-a007-7cc0-98b5-2f5f0c4d1a01")
    headers = signed_headers(message_id=message, body='{"test": 2432232314}', keys=[secret], at=NOW)
    content = f'msg_{message.hex}.{int(NOW.timestamp())}.{{"test": 2432232314}}'.encode()
    key = base64.b64decode(secret.removeprefix("whsec_"))
    expected = base64.b64encode(hmac.new(key, content, hashlib.sha256).digest()).decode()
    assert headers == {
        "webhook-id": f"msg_{message.hex}",
        "webhook-timestamp": str(int(NOW.timestamp())),
        "webhook-signature": f"v1,{expected}",
    }


def test_secrets_are_long_and_never_the_same():
    secrets = {new_secret() for _ in range(50)}
    assert len(secrets) == 50
    assert all(len(base64.b64decode(secret.removeprefix("whsec_"))) == 32 for secret in secrets)
