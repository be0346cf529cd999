"""Put a picture on an item."""

from contextlib import ExitStack
from datetime import datetime
from typing import Final
from uuid import UUID

from django.core.files import File
from django.core.files.base import ContentFile
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.files import FileKind, ReceivedFile, UploadRules, forget_file, received_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.pictures import MOST_PICTURES, Picture
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, announce_items, standing_of
from partners.catalogue.services.draw_picture import Drawn, draw_picture

MAX_BYTES: Final = 8 * 1024 * 1024
RULES: Final = UploadRules(frozenset({FileKind.PNG, FileKind.JPEG}), MAX_BYTES)


class TooManyPicturesError(DomainError):
    """Eight pictures show anything."""

    code = "too_many_pictures"
    sentence = _("An item has eight pictures at most. Remove one first.")


def add_item_picture(*, actor: Actor, item_id: UUID, content: File, name: str, now: datetime) -> str:  # type: ignore[type-arg]
    """Check the file by its content, draw it anew in two sizes and put it behind the item's pictures; its name there.

    A picture that is there already stays where it is. What was sent is not kept. Raises `NotPermittedError`,
    `NotFoundError`, `TooManyPicturesError`, `PictureUnreadableError`, and what `received_file` raises.
    """
    actor.require(Permission.ITEM_WRITE)
    with received_file(content, name=name, rules=RULES, organization_id=actor.organization_id) as sent:
        forget_file(sent.stored_as)
        content.seek(0)
        drawn = draw_picture(content)
    with ExitStack() as keeping, atomic():
        item = Item.objects.select_for_update().filter(pk=item_id, organization_id=actor.organization_id).first()
        if item is None:
            raise NotFoundError
        large, small = _kept(keeping, actor, drawn, sent.name)
        if large.sha256 in {picture.sha256 for picture in item.shown_pictures}:
            forget_file(large.stored_as)
            forget_file(small.stored_as)
            return large.sha256
        if len(item.pictures) >= MOST_PICTURES:
            raise TooManyPicturesError
        picture = _picture(large, small, drawn)
        item.pictures = [*item.pictures, picture.to_json()]
        item.version, item.updated_at = item.version + 1, now
        item.save(update_fields=["pictures", "version", "updated_at"])
        audit.record(actor, "item.picture_added", item, now=now, after={"sha256": picture.sha256})
        announced = Announced(item_id=item.pk, before=standing_of(item), after=standing_of(item))
        announce_items(owner_id=actor.organization_id, changes=[announced], now=now)
    return picture.sha256


def _kept(keeping: ExitStack, actor: Actor, drawn: Drawn, name: str) -> tuple[ReceivedFile, ReceivedFile]:
    owner_id = actor.organization_id
    large, small = (
        keeping.enter_context(received_file(ContentFile(body), name=name, rules=RULES, organization_id=owner_id))
        for body in (drawn.large, drawn.small)
    )
    return large, small


def _picture(large: ReceivedFile, small: ReceivedFile, drawn: Drawn) -> Picture:
    return Picture(
        sha256=large.sha256,
        file_name=large.name,
        file_kind=large.kind.value,
        width=drawn.width,
        height=drawn.height,
        stored_as=large.stored_as,
        small_kind=small.kind.value,
        small_stored_as=small.stored_as,
    )
