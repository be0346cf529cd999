"""Have a feed fetched by a worker."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import JobState, enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.feeds.domain import next_pause
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.models import Organization


def queue_feed_fetch(*, actor: Actor, feed_id: UUID, is_forced: bool, now: datetime) -> UUID | None:
    """Queue a fetch of the actor's feed, and put off the next one by the clock; the fetch's id.

    An organization has one fetch at a time. While this feed's is waiting or under way, its id is the answer; while
    another feed's is, this one is due as soon as that has ended, and the answer is None. `is_forced` takes the file even
    if it is the same, or much smaller, than the one before. Raises `NotPermittedError`, `NotFoundError` (also for a
    removed feed).
    """
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=actor.organization_id)
        feed = ItemFeed.objects.select_for_update(no_key=True).filter(pk=feed_id, removed_at=None).first()
        if feed is None:
            raise NotFoundError
        rows = ItemFeed.objects.filter(pk=feed.pk)
        live = ItemFeedFetch.objects.filter(state__in=[JobState.QUEUED, JobState.RUNNING])
        if (present := live.first()) is not None:
            if present.feed_id == feed.pk:
                return present.pk
            rows.update(next_fetch_at=now, is_forced_next=is_forced or feed.is_forced_next)
            return None
        fetch = ItemFeedFetch.objects.create(
            organization_id=feed.organization_id,
            feed=feed,
            is_forced=is_forced or feed.is_forced_next,
            queued_at=now,
        )
        enqueue_job(fetch)
        rows.update(next_fetch_at=now + next_pause(feed.every_hours, 0), is_forced_next=False)
    return fetch.pk
