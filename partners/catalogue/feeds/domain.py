"""When a feed is fetched, when it is given up, and which file is too small to be true."""

from datetime import timedelta
from enum import StrEnum
from typing import Final

INTERVALS: Final = (1, 3, 6, 12, 24)  # hours
MOST_FEEDS: Final = 20
MOST_FAILURES: Final = 8
_FIRST_PAUSE: Final = timedelta(minutes=15)
_LONGEST_VALIDATOR: Final = 200


class FetchOutcome(StrEnum):
    """What one fetch came to. Empty while it is under way."""

    NONE = ""
    UNCHANGED = "unchanged"
    STORED = "stored"
    IMPORTED = "imported"
    FAILED = "failed"


class PausedBecause(StrEnum):
    """Why a feed is not fetched; empty for one that is."""

    NONE = ""
    MEMBER = "member"
    FAILING = "failing"
    GONE = "gone"


class FetchFailure(StrEnum):
    """What goes wrong beside the network (`OutgoingError.code`) and the file itself (`FileProblem`)."""

    HTTP_STATUS = "http_status"
    SHRUNK = "shrunk"


def next_pause(every_hours: int, failures: int) -> timedelta:
    """How long until the next fetch: the feed's own interval, or, while it fails, a quarter of an hour that doubles up to it."""
    whole = timedelta(hours=every_hours)
    return min(whole, _FIRST_PAUSE * 2 ** (failures - 1)) if failures else whole


def has_shrunk(rows: int, rows_before: int) -> bool:
    """Whether a file has less than half of the rows of the one before: it is more likely cut off than true."""
    return rows * 2 < rows_before


def kept_validator(header: str) -> str:
    """An ETag or a Last-Modified as it may be sent back; empty when it is none that we would send."""
    is_plain = header.isascii() and header.isprintable()
    return header if is_plain and len(header) <= _LONGEST_VALIDATOR else ""
