"""Begin a new item with what another one says."""

from contextlib import ExitStack
from dataclasses import replace
from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import copied_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.pictures import Picture
from partners.catalogue.models import Item
from partners.catalogue.services.create_item import create_item
from partners.catalogue.showing import PictureFile


def duplicate_item(*, actor: Actor, item_id: UUID, code: str, now: datetime) -> UUID:
    """Create a draft under another code with the same content, visibility and pictures (copies of them); returns its id.

    Raises `NotPermittedError`, `NotFoundError`, and what `create_item` raises.
    """
    actor.require(Permission.ITEM_WRITE)
    rows = Item.objects.filter(organization_id=actor.organization_id).select_related("visibility", "category")
    item = rows.filter(pk=item_id).first()
    if item is None:
        raise NotFoundError
    draft = replace(item.draft(), code=code.strip())
    with ExitStack() as keeping, atomic():
        copy_id = create_item(actor=actor, draft=draft, visibility=item.visibility.said(), now=now)
        pictures = [_copied(keeping, picture, actor).to_json() for picture in item.shown_pictures]
        Item.objects.filter(pk=copy_id).update(pictures=pictures)
    return copy_id


def _copied(keeping: ExitStack, picture: Picture, actor: Actor) -> Picture:
    """The picture with files of its own, so that either item may lose it without the other."""
    owner_id = actor.organization_id
    large = PictureFile(picture.file_name, picture.file_kind, picture.stored_as)
    small = PictureFile(picture.file_name, picture.small_kind, picture.small_stored_as)
    kept, small_kept = (keeping.enter_context(copied_file(file, organization_id=owner_id)) for file in (large, small))
    return replace(picture, stored_as=kept.stored_as, small_stored_as=small_kept.stored_as)
