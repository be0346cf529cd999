"""What the clock does for feeds."""

from datetime import datetime, timedelta

from alliance.celery import app
from alliance.kernel.clock import utc_now
from alliance.kernel.scheduling import scheduled
from partners.catalogue.feeds.services.fetch_feed import NEXT_HINT
from partners.catalogue.feeds.services.forget_feed_fetches import forget_feed_fetches as forget_old
from partners.catalogue.feeds.services.queue_due_feeds import queue_due_feeds as queue_due


@app.task(name=NEXT_HINT.task)
def queue_next_feeds() -> None:
    """Queue what waits while a fetch has just ended."""
    queue_due(now=utc_now())


@scheduled("partners.fetch_feeds", every=timedelta(minutes=1))
def fetch_feeds(*, now: datetime) -> None:
    """Queue a fetch of every feed whose time has come."""
    queue_due(now=now)


@scheduled("partners.forget_feed_fetches", every=timedelta(days=1))
def forget_feed_fetches(*, now: datetime) -> None:
    """Delete old rows of the log, and the bytes of files that newer ones have replaced."""
    forget_old(now=now)
