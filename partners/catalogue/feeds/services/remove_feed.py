"""A feed is no longer fetched, for good."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.feeds.domain import PausedBecause
from partners.catalogue.feeds.models import ItemFeed


def remove_feed(*, actor: Actor, feed_id: UUID, now: datetime) -> None:
    """Remove the actor's feed; the items it brought stay as they are. Raises `NotPermittedError`, `NotFoundError`."""
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        feed = ItemFeed.objects.select_for_update(no_key=True).filter(pk=feed_id, removed_at=None).first()
        if feed is None:
            raise NotFoundError
        reason = feed.paused_because or PausedBecause.MEMBER.value
        ItemFeed.objects.filter(pk=feed.pk).update(removed_at=now, is_active=False, paused_because=reason)
        audit.record(actor, "item_feed.removed", feed, now=now, before={"name": feed.name, "url": feed.url})
