"""Put an item's pictures into another order, and take some off."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import forget_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.pictures import arranged
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, announce_items, standing_of


def arrange_item_pictures(*, actor: Actor, item_id: UUID, order: Sequence[str], now: datetime) -> None:
    """Leave the pictures that `order` names, in that order; the files of the others are forgotten.

    The same order changes nothing. Raises `NotPermittedError`, `NotFoundError` (also for an item that others offer).
    """
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        item = Item.objects.select_for_update().filter(pk=item_id, organization_id=actor.organization_id).first()
        if item is None:
            raise NotFoundError
        before = item.shown_pictures
        after = arranged(before, order)
        if after == before:
            return
        item.pictures = [picture.to_json() for picture in after]
        item.version, item.updated_at = item.version + 1, now
        item.save(update_fields=["pictures", "version", "updated_at"])
        for gone in set(before) - set(after):
            forget_file(gone.stored_as)
            forget_file(gone.small_stored_as)
        audit.record(
            actor,
            "item.pictures_arranged",
            item,
            now=now,
            before={"pictures": [picture.sha256 for picture in before]},
            after={"pictures": [picture.sha256 for picture in after]},
        )
        announced = Announced(item_id=item.pk, before=standing_of(item), after=standing_of(item))
        announce_items(owner_id=actor.organization_id, changes=[announced], now=now)
