"""When a delivery is tried again, when an endpoint rests, and when we give up on it. All pure."""

import re
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import parsedate_to_datetime
from enum import StrEnum
from typing import Final

PAUSES: Final = (
    timedelta(seconds=5),
    timedelta(minutes=5),
    timedelta(minutes=30),
    timedelta(hours=2),
    timedelta(hours=5),
    timedelta(hours=10),
    timedelta(hours=14),
    timedelta(hours=20),
    timedelta(hours=24),
)
MOST_TRIES: Final = len(PAUSES) + 1
JITTER: Final = 0.1  # a pause is this much shorter or longer, so that what failed together does not return together

NOTICES_AT: Final = (5, 10, 15)  # failed attempts in a row
DISABLED_AT: Final = 20
PATIENCE: Final = timedelta(days=3)  # and so long without one success

_RESTS_FROM: Final = 3
_FIRST_REST: Final = timedelta(seconds=30)
_LONGEST_REST: Final = timedelta(minutes=15)
_LONGEST_WAIT: Final = timedelta(hours=24)
_SECONDS: Final = re.compile(r"[0-9]{1,9}")
_GONE: Final = 410


class Verdict(StrEnum):
    """What one attempt means."""

    DELIVERED = "delivered"
    FAILED = "failed"
    GONE = "gone"


class DisabledBecause(StrEnum):
    """Why nothing is sent to an endpoint."""

    MEMBER = "member"
    GONE = "gone"
    FAILING = "failing"


@dataclass(frozen=True, slots=True)
class Health:
    """How an endpoint fares: failed attempts since the last success, and since when."""

    failures: int = 0
    failing_since: datetime | None = None

    def after_failure(self, now: datetime) -> "Health":
        """One more failed attempt in a row."""
        return Health(self.failures + 1, self.failing_since or now)

    def is_notice_due(self) -> bool:
        """Whether people are told at exactly this failure."""
        return self.failures in NOTICES_AT

    def is_hopeless(self, now: datetime) -> bool:
        """Whether to stop: often enough in a row, and for long enough."""
        return self.failures >= DISABLED_AT and self.failing_since is not None and now - self.failing_since >= PATIENCE

    def rest(self) -> timedelta:
        """How long to leave the endpoint alone, whatever else is due: nothing at first, then doubling to a quarter of an hour."""
        beyond = self.failures - _RESTS_FROM
        return timedelta(0) if beyond < 0 else min(_FIRST_REST * 2 ** min(beyond, 16), _LONGEST_REST)


def verdict(status: int | None) -> Verdict:
    """Any 2xx is a success; 410 asks us to stop; everything else, no answer at all too, is a failure."""
    if status is None:
        return Verdict.FAILED
    if status == _GONE:
        return Verdict.GONE
    return Verdict.DELIVERED if 200 <= status < 300 else Verdict.FAILED  # noqa: PLR2004  HTTP's own numbers


def pause_after(tries: int, *, chance: float, asked: timedelta | None = None) -> timedelta | None:
    """How long to wait after the `tries`-th failed attempt; `None` when it was the last.

    `chance` from 0 to 1 spreads the pause. What the receiver `asked` for lengthens it, never shortens it.
    """
    if tries >= MOST_TRIES:
        return None
    pause = PAUSES[tries - 1] * (1 - JITTER + 2 * JITTER * chance)
    return max(pause, asked) if asked else pause


def asked_pause(status: int | None, retry_after: str, now: datetime) -> timedelta | None:
    """What a 429 or 503 asks for in `Retry-After`, seconds or a date, at most a day; `None` for anything else."""
    if status not in {429, 503} or not retry_after:
        return None
    if _SECONDS.fullmatch(retry_after):
        wanted = timedelta(seconds=int(retry_after))
    else:
        try:
            at = parsedate_to_datetime(retry_after)
        except (ValueError, OverflowError):
            return None
        wanted = (at if at.tzinfo else at.replace(tzinfo=UTC)) - now
    return min(wanted, _LONGEST_WAIT) if wanted > timedelta(0) else None
