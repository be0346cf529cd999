"""Queue the feeds whose time has come; by the clock, and whenever a fetch has ended."""

from datetime import datetime
from uuid import UUID

from django.conf import settings
from django.db.models import Exists, OuterRef

from alliance.kernel.actor import system_actor
from alliance.kernel.jobs import JobState
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.feeds.services.queue_feed_fetch import queue_feed_fetch

_LIVE = (JobState.QUEUED, JobState.RUNNING)
_CLOSED = (OrganizationStatus.SUSPENDED, OrganizationStatus.OFFBOARDED)


def queue_due_feeds(*, now: datetime) -> int:
    """Queue feeds that are active and due, the longest waiting first; how many.

    Each organization has one fetch at a time, the whole installation about `ITEM_FEED_FETCHERS`, so that slow servers
    never hold every worker. Feeds of suspended organizations wait. Runs outside any scope; repeating it is harmless: a
    queued feed is no longer due.
    """
    with across_organizations(reason="the clock fetches every organization's feeds"):
        live = ItemFeedFetch.objects.filter(state__in=_LIVE)
        room = settings.ITEM_FEED_FETCHERS - live.count()
        busy = Exists(live.filter(organization_id=OuterRef("organization_id")))
        due = ItemFeed.objects.filter(~busy, is_active=True, next_fetch_at__lte=now)
        waiting = due.exclude(organization__status__in=_CLOSED).order_by("next_fetch_at")
        found: dict[UUID, UUID] = {}
        for feed_id, organization_id in waiting.values_list("pk", "organization_id")[: 10 * max(room, 0)]:
            found.setdefault(organization_id, feed_id)
    chosen = list(found.items())[: max(room, 0)]
    return sum(_queue(feed_id, organization_id, now) for organization_id, feed_id in chosen)


def _queue(feed_id: UUID, organization_id: UUID, now: datetime) -> bool:
    actor = system_actor(organization_id, label="the clock")
    with organization_scope(organization_id):
        return queue_feed_fetch(actor=actor, feed_id=feed_id, is_forced=False, now=now) is not None
