"""What the page of one item shows."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Q

from alliance.kernel.actor import Actor
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.display import Decision, Reason
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.listing import offering_owners
from partners.catalogue.models import DisplayRule, Item
from partners.catalogue.showing import decisions_of_partners, display_decisions
from partners.selectors import AllianceBrief, hosted_alliances, organization_names, partners_in

MOST_SHOWN: Final = 50
NOBODY_KNOWN: Final = UUID(int=0)


@dataclass(frozen=True, slots=True)
class Showing:
    """Whether one organization may show the item within one alliance. No name: any that the owner does not know."""

    alliance_name: str
    partner_name: str
    decision: Decision


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
    showings: tuple[Showing, ...]

    @property
    def may_publish(self) -> bool:
        """Whether the member may publish it now."""
        return self.may_write and self.item.status == ItemStatus.DRAFT


def item_page(item_id: UUID, *, actor: Actor) -> ItemPage:
    """The item, if the actor's organization sees it; raises `NotFoundError`."""
    item = Item.objects.select_related("category", "visibility").filter(pk=item_id).first()
    if item is None:
        raise NotFoundError
    now, tree, alliances = utc_now(), CategoryTree.read(), hosted_alliances()
    is_own = item.organization_id == actor.organization_id
    names = organization_names([item.organization_id, *item.visibility.parties])
    others = [party for party in item.visibility.parties if party != item.organization_id]
    named = sorted(names[party] for party in others if party in names)
    return ItemPage(
        item=item,
        owner_name=names.get(item.organization_id) or offering_owners().get(item.organization_id, ""),
        category_name=tree.name_of(item.category_id),
        is_own=is_own,
        may_write=is_own and actor.can(Permission.ITEM_WRITE),
        is_available=item.is_available_at(now),
        seen_by=tuple(named) if is_own else (),
        others_who_see=len(others) - len(named) if is_own else 0,
        showings=_of_partners(item, tree, alliances, now) if is_own else _of_mine(item, alliances, now),
    )


def _of_partners(
    item: Item, tree: CategoryTree, alliances: Sequence[AllianceBrief], now: datetime
) -> tuple[Showing, ...]:
    """What the owner's rules come to for each partner that it knows and that sees the item; nothing without a rule."""
    concerned = Q(item=item) | Q(item=None, category=None) | Q(category__in=tree.path_of(item.category_id))
    rules = [rule for rule in DisplayRule.objects.filter(concerned) if rule.holds_at(now)]
    if not rules:
        return ()
    found = []
    for alliance in alliances:
        seeing = {
            partner.organization_id: partner.name
            for partner in partners_in(alliance_id=alliance.id)
            if partner.organization_id in item.visibility.parties and partner.organization_id != item.organization_id
        }
        seeing[NOBODY_KNOWN] = ""
        decisions = decisions_of_partners(item, seeing, alliance_id=alliance.id, rules=rules, tree=tree)
        found += [Showing(alliance.name, seeing[partner_id], decision) for partner_id, decision in decisions.items()]
    return tuple(found[:MOST_SHOWN])


def _of_mine(item: Item, alliances: Sequence[AllianceBrief], now: datetime) -> tuple[Showing, ...]:
    """Whether the scope's organization may show it, in each alliance in which it is offered."""
    found = []
    for alliance in alliances[:MOST_SHOWN]:
        decision = display_decisions(alliance_id=alliance.id, item_ids=[item.pk], at=now).get(item.pk)
        if decision is not None and decision.reason is not Reason.NOT_OFFERED:
            found.append(Showing(alliance.name, "", decision))
    return tuple(found)
