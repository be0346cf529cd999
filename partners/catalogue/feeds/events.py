"""What feeds tell of themselves, in the scope of the feed's organization: its people get a mail."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFeedFailed(Event):
    """A feed that was well could not be fetched; told once for a row of failures."""

    feed_id: str
    fetch_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemFeedPaused(Event):
    """A feed was paused by the system; `reason` is `failing` or `gone`."""

    feed_id: str
    fetch_id: str
    reason: str
