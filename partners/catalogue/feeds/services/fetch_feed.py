"""The job behind a fetch: ask for the file, and import it when it is new."""

from contextlib import ExitStack
from tempfile import TemporaryFile
from typing import Final
from uuid import UUID

from django.core.files import File
from django.db.models import F

from alliance.kernel import audit
from alliance.kernel.actor import Actor, system_actor
from alliance.kernel.events import publish
from alliance.kernel.hints import Hint, after_commit_once
from alliance.kernel.jobs import JobContext, JobState
from alliance.kernel.spreadsheets.keeping import KeptFile, kept_file
from alliance.kernel.spreadsheets.layout import ALL_KINDS
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.feeds.domain import MOST_FAILURES, FetchOutcome, PausedBecause, next_pause
from partners.catalogue.feeds.events import ItemFeedFailed, ItemFeedPaused
from partners.catalogue.feeds.fetching import Came, fetched
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.models import ItemFile
from partners.catalogue.services.start_item_import import start_item_import
from partners.catalogue.services.upload_item_file import FOLDER

GONE: Final = 410
NEXT_HINT: Final = Hint(task="partners.queue_next_feeds", queue="events")


def fetch_feed(job_id: UUID, context: JobContext) -> None:
    """Fetch the feed's file and start its import; whatever goes wrong is kept in the row and counted against the feed.

    The server is asked only for what has changed since the file that was taken last, unless the import of that one failed
    or a member asks. What was found, the feed's new state and the start of the import commit together, so that doing it
    again is harmless.
    """
    with context.transaction():
        fetch = ItemFeedFetch.objects.select_related("feed").get(pk=job_id)
        is_whole = fetch.is_forced or _last_import_failed(fetch.feed_id)
    if fetch.outcome or fetch.feed.removed_at is not None:
        return
    with TemporaryFile() as body, ExitStack() as keeping:
        came = fetched(fetch.feed, body, is_whole=is_whole, is_forced=fetch.is_forced, renew=context.renew)
        kept = None
        if came.outcome is FetchOutcome.STORED:
            content = File(body, name=came.name)
            owner_id = context.organization_id
            kept = keeping.enter_context(
                kept_file(content, name=came.name, folder=FOLDER, organization_id=owner_id, kinds=ALL_KINDS)
            )
        with context.transaction():
            _conclude(fetch, came, kept, context)


def _last_import_failed(feed_id: UUID) -> bool:
    rows = ItemFeedFetch.objects.filter(feed_id=feed_id, item_import__isnull=False).select_related("item_import")
    last = rows.order_by("-id").first()
    return last is not None and last.item_import is not None and last.item_import.state == JobState.FAILED


def _conclude(fetch: ItemFeedFetch, came: Came, kept: KeptFile | None, context: JobContext) -> None:
    """Write down what came. The feed is read again: a member may have changed it while the network was waited for."""
    feed = ItemFeed.objects.select_for_update(no_key=True).get(pk=fetch.feed_id)
    actor = system_actor(context.organization_id, label=f"feed {feed.name}"[:160])
    found: dict[str, object] = {
        "outcome": came.outcome.value,
        "status": came.status,
        "error": came.error,
        "error_where": came.where,
        "size_bytes": came.size_bytes,
        "milliseconds": came.milliseconds,
    }
    if came.outcome is FetchOutcome.FAILED:
        _suffer(actor, feed, fetch, came, context)
    else:
        found |= _take(actor, feed, came, kept, context, is_current=feed.url == fetch.feed.url)
    ItemFeedFetch.objects.filter(pk=fetch.pk).update(**found)
    after_commit_once(NEXT_HINT)


def _take(
    actor: Actor, feed: ItemFeed, came: Came, kept: KeptFile | None, context: JobContext, *, is_current: bool
) -> dict[str, object]:
    """The feed is well; a new file is named in a row, and imported where it is known how.

    A file of an address that the feed no longer has is kept in the log, and that is all.
    """
    columns: dict[str, object] = {
        "failures": 0,
        "succeeded_at": context.now,
        "next_fetch_at": context.now + next_pause(feed.every_hours, 0),
    }
    found: dict[str, object] = {}
    if kept is not None:
        item_file = ItemFile.objects.create(
            organization_id=feed.organization_id, uploaded_by=actor.label, uploaded_at=context.now, **kept.columns()
        )
        columns |= {"etag": came.etag, "last_modified": came.last_modified}
        columns |= {"content_sha256": came.sha256, "row_count": came.rows}
        found["item_file_id"] = item_file.pk
        if feed.mapping and is_current:
            mapping = ItemMapping.from_json(feed.mapping)
            found["outcome"] = FetchOutcome.IMPORTED.value
            found["item_import_id"] = start_item_import(
                actor=actor, file_id=item_file.pk, mapping=mapping, feed_id=feed.pk, now=context.now
            )
    if is_current:
        ItemFeed.objects.filter(pk=feed.pk).update(**columns)
    return found


def _suffer(actor: Actor, feed: ItemFeed, fetch: ItemFeedFetch, came: Came, context: JobContext) -> None:
    """Count the failure; tell its people of the first in a row, and pause a feed that is hopeless."""
    failures = feed.failures + 1
    ItemFeed.objects.filter(pk=feed.pk).update(
        failures=F("failures") + 1, next_fetch_at=context.now + next_pause(feed.every_hours, failures)
    )
    if not feed.is_active:
        return
    named = {"feed_id": str(feed.pk), "fetch_id": str(fetch.pk)}
    if came.status == GONE or failures >= MOST_FAILURES:
        reason = PausedBecause.GONE if came.status == GONE else PausedBecause.FAILING
        ItemFeed.objects.filter(pk=feed.pk).update(is_active=False, paused_because=reason.value)
        audit.record(actor, "item_feed.paused", feed, now=context.now, after={"reason": reason.value})
        publish(ItemFeedPaused(**named, reason=reason.value), now=context.now)
    elif failures == 1:
        publish(ItemFeedFailed(**named), now=context.now)
