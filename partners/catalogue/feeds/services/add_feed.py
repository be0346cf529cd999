"""Name an address where a file of items is fetched from."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.http.outgoing import Resolver, check_url
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.feeds.domain import MOST_FEEDS
from partners.catalogue.feeds.models import ItemFeed
from partners.catalogue.feeds.services.queue_feed_fetch import queue_feed_fetch
from partners.models import Organization


class TooManyFeedsError(DomainError):
    """Twenty feeds are enough for anybody."""

    code = "too_many_feeds"
    sentence = _("Your organization has twenty feeds already. Remove one first.")


class FeedUrlTakenError(DomainError):
    """Two feeds of one file would undo each other's work."""

    code = "feed_url_taken"
    sentence = _("Another feed has this address.")


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedFeed:
    """A feed as somebody wants it; `every_hours` is one of `INTERVALS`."""

    name: str
    url: str
    every_hours: int


def add_feed(*, actor: Actor, wanted: WantedFeed, now: datetime, resolve: Resolver | None = None) -> UUID:
    """Add a feed and queue its first fetch; returns its id.

    The address must be public now; every fetch checks it again. Raises `NotPermittedError`, `TooManyFeedsError`,
    `FeedUrlTakenError`, and what `check_url` raises, for the field `url`.
    """
    actor.require(Permission.ITEM_WRITE)
    url = check_url(wanted.url, resolve=resolve)
    with atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=actor.organization_id)
        if ItemFeed.objects.filter(removed_at=None).count() >= MOST_FEEDS:
            raise TooManyFeedsError
        feed = ItemFeed(
            organization_id=actor.organization_id,
            name=wanted.name.strip(),
            url=url,
            every_hours=wanted.every_hours,
            next_fetch_at=now,
            created_by=actor.label[:160],
            created_at=now,
        )
        try:
            with atomic():
                feed.save(force_insert=True)
        except IntegrityError as error:
            raise FeedUrlTakenError(field="url") from error
        after = {"name": feed.name, "url": url, "every_hours": wanted.every_hours}
        audit.record(actor, "item_feed.added", feed, now=now, after=after)
        queue_feed_fetch(actor=actor, feed_id=feed.pk, is_forced=False, now=now)
    return feed.pk
