"""Put one item into the catalogue."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.columns import item_columns
from partners.catalogue.domain.items import ItemDraft, ItemStatus
from partners.catalogue.domain.visibility import PRIVATE, Visibility
from partners.catalogue.models import Item
from partners.catalogue.services.announce_items import Announced, announce_items, standing_of
from partners.catalogue.services.check_item import check_item
from partners.catalogue.services.ensure_visibility import ensure_visibility


class ItemCodeTakenError(DomainError):
    """Another item of the organization goes by this code."""

    code = "item_code_taken"
    sentence = _("Another item has this code.")


def create_item(
    *,
    actor: Actor,
    draft: ItemDraft,
    visibility: Visibility = PRIVATE,
    status: ItemStatus = ItemStatus.DRAFT,
    now: datetime,
) -> UUID:
    """Create an item of the actor's organization; returns its id.

    Raises `NotPermittedError`, `ItemRefusedError`, `ItemCodeTakenError`, `NotYourAllianceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    tree = CategoryTree.read()
    check_item(draft, tree, status=status)
    with atomic():
        item = Item(
            organization_id=actor.organization_id,
            visibility_id=ensure_visibility(actor=actor, visibility=visibility),
            status=status,
            created_at=now,
            updated_at=now,
            **item_columns(draft, tree, organization_id=actor.organization_id),
        )
        try:
            with atomic():
                item.save(force_insert=True)
        except IntegrityError as error:
            raise ItemCodeTakenError(field="code") from error
        after = {"code": draft.code, "status": status, "visibility": visibility.reach}
        audit.record(actor, "item.created", item, now=now, after=after)
        announced = Announced(item_id=item.pk, before=None, after=standing_of(item))
        announce_items(owner_id=actor.organization_id, changes=[announced], now=now)
    return item.pk
