"""What other apps may ask of the catalogue."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from alliance.kernel.tenancy import require_organization_id
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.display import Decision, Reason
from partners.catalogue.models import Item, ItemVisibility
from partners.catalogue.showing import display_decisions

__all__ = ["Decision", "ItemFacts", "Reason", "display_decisions", "item_facts", "item_ids", "viewers_of"]


@dataclass(frozen=True, slots=True)
class ItemFacts:
    """What terms may ask of an item. `categories` are the keys of its own category and of every one above it."""

    kind: str
    categories: frozenset[str]
    tags: frozenset[str]


def viewers_of(visibility_id: str) -> frozenset[UUID]:
    """Who sees what has this visibility of the scope's organization today; nobody for an empty id."""
    if not visibility_id:
        return frozenset()
    rows = ItemVisibility.objects.filter(pk=visibility_id, organization_id=require_organization_id())
    return frozenset(rows.values_list("parties", flat=True).first() or ())


def item_ids(*, organization_id: UUID, codes: Iterable[str]) -> dict[str, UUID]:
    """The organization's items of these codes, as far as the scope sees them; unknown ones are left out."""
    rows = Item.objects.filter(organization_id=organization_id, code__in=set(codes))
    return dict(rows.values_list("code", "pk"))


def item_facts(*, organization_id: UUID, codes: Iterable[str]) -> dict[str, ItemFacts]:
    """The organization's items of these codes as they are now, whatever their status. Two queries; unknown ones are left out."""
    wanted = set(codes)
    if not wanted:
        return {}
    rows = list(
        Item.objects.filter(organization_id=organization_id, code__in=wanted).values_list(
            "code", "kind", "category_id", "tags"
        )
    )
    tree = CategoryTree.read() if any(category_id for _, _, category_id, _ in rows) else CategoryTree([])
    keys = {node.id: node.key for node in tree}
    return {
        code: ItemFacts(kind, frozenset(keys[id_] for id_ in tree.path_of(category_id)), frozenset(tags))
        for code, kind, category_id, tags in rows
    }
