"""Begin a new item with what another one says."""

from dataclasses import replace
from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from partners.catalogue.models import Item
from partners.catalogue.services.create_item import create_item


def duplicate_item(*, actor: Actor, item_id: UUID, code: str, now: datetime) -> UUID:
    """Create a draft under another code with the same content and visibility; returns its id.

    Raises `NotPermittedError`, `NotFoundError`, and what `create_item` raises.
    """
    actor.require(Permission.ITEM_WRITE)
    rows = Item.objects.filter(organization_id=actor.organization_id).select_related("visibility", "category")
    item = rows.filter(pk=item_id).first()
    if item is None:
        raise NotFoundError
    draft = replace(item.draft(), code=code.strip())
    return create_item(actor=actor, draft=draft, visibility=item.visibility.said(), now=now)
