"""Mails to those who look after the catalogue, when a feed fails or was paused."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Permission
from partners.catalogue.feeds.domain import MOST_FAILURES
from partners.catalogue.feeds.events import ItemFeedFailed, ItemFeedPaused
from partners.catalogue.feeds.models import ItemFeed
from partners.mails import page_address
from partners.telling import tell_members


def on_feed_failed(event: ItemFeedFailed, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell them, unless it has recovered meanwhile."""
    feed = ItemFeed.objects.filter(pk=event.feed_id, is_active=True, failures__gt=0).first()
    if feed is not None:
        _tell("item_feed_failed", feed, {"limit": str(MOST_FAILURES)}, now)


def on_feed_paused(event: ItemFeedPaused, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell them, unless somebody has resumed it meanwhile."""
    feed = ItemFeed.objects.filter(pk=event.feed_id, is_active=False, removed_at=None).first()
    if feed is not None:
        _tell("item_feed_paused", feed, {"reason": event.reason, "limit": str(MOST_FAILURES)}, now)


def _tell(template: str, feed: ItemFeed, facts: dict[str, str], now: datetime) -> None:
    known = {"name": feed.name, "url": feed.url, "link": page_address("item_feed", feed.pk)}
    tell_members(template=template, permission=Permission.ITEM_WRITE, facts=known | facts, now=now)


def register() -> None:
    """Called when the app is ready."""
    subscribe(ItemFeedFailed, on_feed_failed, name="feeds.mail_failed", queue="mail")
    subscribe(ItemFeedPaused, on_feed_paused, name="feeds.mail_paused", queue="mail")
