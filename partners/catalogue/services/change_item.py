"""Change what one item says, where it stands, or who sees it."""

from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.columns import item_columns
from partners.catalogue.domain.items import ItemDraft, ItemStatus
from partners.catalogue.domain.visibility import Visibility
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, announce_items, standing_of
from partners.catalogue.services.check_item import check_item
from partners.catalogue.services.ensure_visibility import ensure_visibility

_WAYS: Final = MappingProxyType(
    {
        ItemStatus.DRAFT: frozenset({ItemStatus.PUBLISHED, ItemStatus.ARCHIVED}),
        ItemStatus.PUBLISHED: frozenset({ItemStatus.DRAFT, ItemStatus.ARCHIVED}),
        ItemStatus.ARCHIVED: frozenset({ItemStatus.DRAFT}),
    }
)
_NOT_AUDITED: Final = frozenset({"words", "content_sha256"})


class ItemVersionDiffersError(DomainError):
    """Somebody else changed the item after it was read."""

    code = "item_version_differs"
    status = 412
    sentence = _("Somebody else has changed this item meanwhile. Look at it again, then repeat your change.")


class ItemCodeFixedError(DomainError):
    """The code is what files and partners know the item by."""

    code = "item_code_fixed"
    status = 422
    sentence = _("An item keeps its code. Duplicate the item to use another one.")


class ItemStatusError(DomainError):
    """There is no way from here to there."""

    code = "item_status_impossible"
    sentence = _("An archived item becomes a draft before it is published again.")


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemChange:
    """What is to be different; None leaves it as it is."""

    draft: ItemDraft | None = None
    visibility: Visibility | None = None
    status: ItemStatus | None = None


def change_item(*, actor: Actor, item_id: UUID, change: ItemChange, version: int | None, now: datetime) -> int:
    """Make the change to the actor's own item, if it still has the `version` that was read (None: whatever it has).

    Returns the version afterwards; a change that changes nothing writes nothing. Raises `NotPermittedError`,
    `NotFoundError` (also for an item that others offer), `ItemVersionDiffersError`, `ItemCodeFixedError`,
    `ItemStatusError`, `ItemRefusedError`, `NotYourAllianceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        item = _locked(actor, item_id, version)
        before, stood = _said(item), standing_of(item)
        _apply(actor, item, change)
        after = _said(item)
        if after == before:
            return item.version
        item.version, item.updated_at, item.item_import_id = item.version + 1, now, None
        item.save()
        changed = [name for name in after if after[name] != before[name] and name not in _NOT_AUDITED]
        audit.record(
            actor,
            "item.changed",
            item,
            now=now,
            before={name: before[name] for name in changed},
            after={name: after[name] for name in changed},
        )
        announced = Announced(item_id=item.pk, before=stood, after=standing_of(item))
        announce_items(owner_id=actor.organization_id, changes=[announced], now=now)
    return item.version


def _locked(actor: Actor, item_id: UUID, version: int | None) -> Item:
    own = Item.objects.filter(organization_id=actor.organization_id)
    item = own.select_for_update().filter(pk=item_id).first()
    if item is None:
        raise NotFoundError
    if version is not None and item.version != version:
        raise ItemVersionDiffersError
    return item


def _apply(actor: Actor, item: Item, change: ItemChange) -> None:
    tree = CategoryTree.read()
    status = ItemStatus(change.status or item.status)
    if status != item.status and status not in _WAYS[ItemStatus(item.status)]:
        raise ItemStatusError(field="status")
    draft = change.draft or item.draft()
    if draft.code != item.code:
        raise ItemCodeFixedError(field="code")
    check_item(draft, tree, status=status)
    for name, value in item_columns(draft, tree, organization_id=actor.organization_id).items():
        setattr(item, name, value)
    if status != item.status:
        item.status, item.archived_as_missing = status, False
    if change.visibility is not None:
        item.visibility_id = ensure_visibility(actor=actor, visibility=change.visibility)


def _said(item: Item) -> dict[str, object]:
    skipped = {"version", "updated_at", "item_import_id"}
    return {f.attname: getattr(item, f.attname) for f in Item._meta.concrete_fields if f.attname not in skipped}
