"""Put away the items that a file does not name."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of, one_of_texts
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, Standing, announce_items

CODES_AT_ONCE: Final = 5_000


def present_codes(organization_id: UUID, *, after: str, before: datetime, feed_id: UUID | None = None) -> list[str]:
    """The next codes behind `after` of the organization's items that are not archived and were created before `before`.

    With a feed, only items that this feed wrote last: it has no say over what came by hand, by API or from other feeds.
    """
    rows = Item.objects.filter(organization_id=organization_id, code__gt=after, created_at__lt=before)
    if feed_id is not None:
        rows = rows.filter(item_import__feed_id=feed_id)
    return list(
        rows.exclude(status=ItemStatus.ARCHIVED).order_by("code").values_list("code", flat=True)[:CODES_AT_ONCE]
    )


def archive_missing_items(*, actor: Actor, codes: Sequence[str], import_id: UUID, now: datetime) -> int:
    """Archive the actor's items of these codes, as missing in an import; how many were not archived already.

    An import that names them again brings them back. Raises `NotPermittedError`.
    """
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        rows = Item.objects.filter(organization_id=actor.organization_id, code__in=one_of_texts(codes))
        living = rows.exclude(status=ItemStatus.ARCHIVED).order_by("code").select_for_update()
        before = {
            pk: Standing(content_sha256=sha256, status=status, visibility_id=place)
            for pk, sha256, status, place in living.values_list("pk", "content_sha256", "status", "visibility_id")
        }
        ids = list(before)
        Item.objects.filter(pk__in=one_of(ids)).update(
            status=ItemStatus.ARCHIVED,
            archived_as_missing=True,
            version=F("version") + 1,
            item_import_id=import_id,
            updated_at=now,
        )
        changes = [
            Announced(item_id=pk, before=stood, after=replace(stood, status=ItemStatus.ARCHIVED.value))
            for pk, stood in before.items()
        ]
        announce_items(owner_id=actor.organization_id, changes=changes, now=now)
    return len(ids)
