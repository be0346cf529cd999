"""Items for tests: plain builders over the real services."""

from itertools import count
from uuid import UUID

from django.core.files.base import ContentFile

from alliance.kernel.actor import Actor
from alliance.kernel.tenancy import organization_scope
from partners.catalogue.domain.items import ItemDraft, ItemStatus, draft_of
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.feeds.models import ItemFeedFetch
from partners.catalogue.feeds.services.add_feed import WantedFeed, add_feed
from partners.catalogue.services.create_item import create_item
from partners.catalogue.services.upload_item_file import upload_item_file
from tests.cast import NOW, Party
from tests.spreadsheets import csv_bytes

ALLIANCES = Visibility(Reach.ALLIANCES)
AGREEMENTS = Visibility(Reach.AGREEMENTS)
_numbers = count(1)


def draft(**values: object) -> ItemDraft:
    """A sound draft; codes are unique unless given."""
    number = next(_numbers)
    return draft_of({"code": f"ITEM-{number}", "kind": "course", "title_en": f"Item {number}"} | values)


def item_of(
    owner: Party,
    *,
    visibility: Visibility = ALLIANCES,
    status: ItemStatus = ItemStatus.PUBLISHED,
    **values: object,
) -> UUID:
    """An item of this owner, published to all its alliances unless said otherwise; its id."""
    actor = owner.system
    with organization_scope(owner.id):
        return create_item(actor=actor, draft=draft(**values), visibility=visibility, status=status, now=NOW)


def feed_with_file(actor: Actor, name: str = "Shop export") -> UUID:
    """A feed whose file was fetched once and waits for somebody to say how to read it; nothing is asked over the network."""
    content = csv_bytes([("F-1", "course", "A lesson")], header=("code", "kind", "title_en"))
    with organization_scope(actor.organization_id):
        wanted = WantedFeed(name=name, url=f"https://shop.example/{actor.organization_id}.csv", every_hours=6)
        feed_id = add_feed(actor=actor, wanted=wanted, now=NOW, resolve=lambda _name, _port: ["93.184.215.14"])
        file_id = upload_item_file(actor=actor, name="items.csv", content=ContentFile(content), now=NOW)
        ItemFeedFetch.objects.filter(feed_id=feed_id).update(
            state="succeeded",
            outcome="stored",
            status=200,
            item_file_id=file_id,
            size_bytes=len(content),
            milliseconds=120,
        )
    return feed_id
