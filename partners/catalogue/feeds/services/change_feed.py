"""Another address, another interval, another way to read the file; pause and resume."""

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from django.db import IntegrityError

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.outgoing import Resolver, check_url
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.feeds.domain import PausedBecause
from partners.catalogue.feeds.models import ItemFeed, ItemFeedFetch
from partners.catalogue.feeds.services.add_feed import FeedUrlTakenError
from partners.catalogue.models import ItemFile
from partners.catalogue.services.start_item_import import start_item_import


@dataclass(frozen=True, slots=True, kw_only=True)
class FeedChange:
    """What is to be different; None leaves it as it is."""

    name: str | None = None
    url: str | None = None
    every_hours: int | None = None
    mapping: ItemMapping | None = None
    is_active: bool | None = None


def change_feed(
    *, actor: Actor, feed_id: UUID, change: FeedChange, now: datetime, resolve: Resolver | None = None
) -> UUID | None:
    """Make the change to the actor's feed; the id of the import that a new mapping has started, if it did.

    A new mapping is applied to the file that was fetched last, at once. A resumed feed, and one with another address, is
    fetched at the next turn of the clock. Raises `NotPermittedError`, `NotFoundError`, `FeedUrlTakenError`,
    `FileRefusedError` when the last file lacks a column of the mapping, and what `check_url` raises.
    """
    actor.require(Permission.ITEM_WRITE)
    url = None if change.url is None else check_url(change.url, resolve=resolve)
    with atomic():
        feed = ItemFeed.objects.select_for_update(no_key=True).filter(pk=feed_id, removed_at=None).first()
        if feed is None:
            raise NotFoundError
        columns = _columns(feed, change, url, now)
        changed = {name: value for name, value in columns.items() if getattr(feed, name) != value}
        if not changed:
            return None
        try:
            with atomic():
                ItemFeed.objects.filter(pk=feed.pk).update(**changed)
        except IntegrityError as error:
            raise FeedUrlTakenError(field="url") from error
        said = {"name", "url", "every_hours", "mapping", "is_active"} & set(changed)
        before, after = {n: getattr(feed, n) for n in said}, {n: changed[n] for n in said}
        audit.record(actor, "item_feed.changed", feed, now=now, before=before, after=after)
        return _import(actor, feed, change.mapping, now) if "mapping" in changed else None


def last_file(feed_id: UUID) -> ItemFile | None:
    """The file that was fetched last, if one ever was."""
    fetches = ItemFeedFetch.objects.filter(feed_id=feed_id, item_file__isnull=False).select_related("item_file")
    fetch = fetches.order_by("-id").first()
    return fetch.item_file if fetch else None


def _columns(feed: ItemFeed, change: FeedChange, url: str | None, now: datetime) -> dict[str, object]:
    columns: dict[str, object] = {}
    if change.name is not None:
        columns["name"] = change.name.strip()
    if change.every_hours is not None:
        columns["every_hours"] = change.every_hours
    if change.mapping is not None:
        columns["mapping"] = change.mapping.to_json()
    if url is not None and url != feed.url:
        columns |= {"url": url, "etag": "", "last_modified": "", "content_sha256": "", "row_count": 0}
        columns |= {"failures": 0, "next_fetch_at": now}
    if change.is_active is True and not feed.is_active:
        columns |= {"is_active": True, "paused_because": "", "failures": 0, "next_fetch_at": now}
    elif change.is_active is False and feed.is_active:
        columns |= {"is_active": False, "paused_because": PausedBecause.MEMBER.value}
    return columns


def _import(actor: Actor, feed: ItemFeed, mapping: ItemMapping | None, now: datetime) -> UUID | None:
    file = last_file(feed.pk)
    if mapping is None or file is None:
        return None
    return start_item_import(actor=actor, file_id=file.pk, mapping=mapping, feed_id=feed.pk, now=now)
