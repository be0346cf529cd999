"""Forget the log of feeds after its time, and the bytes of files that newer ones have replaced; by the clock."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.core.files.storage import default_storage

from alliance.kernel.jobs import JobState
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch

LOG_KEPT: Final = timedelta(days=90)
FILES_KEPT: Final = timedelta(days=30)


def forget_feed_fetches(*, now: datetime) -> int:
    """Delete fetches that ended over 90 days ago without a file, and stored files over 30 days old but the newest of each feed.

    The rows of files and imports stay. Returns how many rows and files went. Runs outside any scope; repeating it is harmless.
    """
    with across_organizations(reason="the clock forgets old fetches of every organization's feeds"):
        feeds = list(ItemFeed.objects.values_list("pk", "organization_id"))
    return sum(_forget(feed_id, organization_id, now) for feed_id, organization_id in feeds)


def _forget(feed_id: UUID, organization_id: UUID, now: datetime) -> int:
    with organization_scope(organization_id):
        fetches = ItemFeedFetch.objects.filter(feed_id=feed_id)
        ended = fetches.filter(state__in=[JobState.SUCCEEDED, JobState.FAILED], finished_at__lt=now - LOG_KEPT)
        gone = ended.filter(item_file=None).delete()[0]
        stored = fetches.filter(item_file__isnull=False).select_related("item_file").order_by("-id")
        names = [
            fetch.item_file.stored_as
            for fetch in stored[1:]
            if fetch.item_file and fetch.item_file.uploaded_at < now - FILES_KEPT
        ]
    there = [name for name in names if default_storage.exists(name)]
    for name in there:
        default_storage.delete(name)
    return gone + len(there)
