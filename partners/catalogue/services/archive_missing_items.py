"""Put away the items that a file does not name."""

from collections.abc import Sequence
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import F

from alliance.kernel.actor import Actor
from alliance.kernel.arrays import one_of, one_of_texts
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.events import ARCHIVED, IDS_PER_MESSAGE, ItemsChanged
from partners.catalogue.models import Item

CODES_AT_ONCE: Final = 5_000


def present_codes(organization_id: UUID, *, after: str, before: datetime) -> list[str]:
    """The next codes behind `after` of the organization's items that are not archived and were created before `before`."""
    rows = Item.objects.filter(organization_id=organization_id, code__gt=after, created_at__lt=before)
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
        ids = list(living.values_list("pk", flat=True))
        Item.objects.filter(pk__in=one_of(ids)).update(
            status=ItemStatus.ARCHIVED,
            archived_as_missing=True,
            version=F("version") + 1,
            item_import_id=import_id,
            updated_at=now,
        )
        for start in range(0, len(ids), IDS_PER_MESSAGE):
            part = tuple(str(pk) for pk in ids[start : start + IDS_PER_MESSAGE])
            publish(ItemsChanged(owner_id=str(actor.organization_id), change=ARCHIVED, item_ids=part), now=now)
    return len(ids)
