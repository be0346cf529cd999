"""What the page of one item shows."""

from dataclasses import dataclass
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.listing import offering_owners
from partners.catalogue.models import Item
from partners.selectors import organization_names


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One item as a member of one organization sees it."""

    item: Item
    owner_name: str
    category_name: str
    is_own: bool
    may_write: bool
    is_available: bool
    seen_by: tuple[str, ...]
    others_who_see: int

    @property
    def may_publish(self) -> bool:
        """Whether the member may publish it now."""
        return self.may_write and self.item.status == ItemStatus.DRAFT


def item_page(item_id: UUID, *, actor: Actor) -> ItemPage:
    """The item, if the actor's organization sees it; raises `NotFoundError`."""
    item = Item.objects.select_related("category", "visibility").filter(pk=item_id).first()
    if item is None:
        raise NotFoundError
    is_own = item.organization_id == actor.organization_id
    names = organization_names([item.organization_id, *item.visibility.parties])
    others = [party for party in item.visibility.parties if party != item.organization_id]
    named = sorted(names[party] for party in others if party in names)
    return ItemPage(
        item=item,
        owner_name=names.get(item.organization_id) or offering_owners().get(item.organization_id, ""),
        category_name=CategoryTree.read().name_of(item.category_id),
        is_own=is_own,
        may_write=is_own and actor.can(Permission.ITEM_WRITE),
        is_available=item.is_available_at(utc_now()),
        seen_by=tuple(named) if is_own else (),
        others_who_see=len(others) - len(named) if is_own else 0,
    )
