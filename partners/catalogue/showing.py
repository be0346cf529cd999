"""Which items the scope's organization may show: what is offered to it, what can be had, and the owners' rules."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.arrays import one_of
from alliance.kernel.tenancy import require_organization_id
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.catalogue.category_tree import CategoryTree
from partners.catalogue.domain.display import Decision, Effect, Reason, Rule, Shower, ShownItem, may_show
from partners.catalogue.models import DisplayRule, Item
from partners.models import Organization

_OFFERED: Final = "SELECT partners_offered_within(%s)"
_RULES: Final = "SELECT * FROM partners_rules_for_me(%s, %s, %s)"


def display_decisions(*, alliance_id: UUID, item_ids: Iterable[UUID], at: datetime) -> dict[UUID, Decision]:
    """Whether the scope's organization may show each of the items within the alliance at this instant.

    Four queries, however many items. An item that the scope does not see is left out: whoever asks must take what is
    missing as a no. `floor_minor` is in the item's own currency.
    """
    items = {item.pk: item for item in Item.objects.filter(pk__in=one_of(item_ids)).defer("words")}
    me = require_organization_id()
    owners = {item.organization_id for item in items.values()} - {me}
    offered, rules = (_offered(alliance_id), _rules(alliance_id, owners, at)) if owners else (set(), {})
    tree = CategoryTree.read()
    shower = Shower(partner_id=me, alliance_id=alliance_id)
    decisions: dict[UUID, Decision] = {}
    for item in items.values():
        if item.organization_id != me and item.shown_as not in offered:
            decisions[item.pk] = Decision(may_show=False, reason=Reason.NOT_OFFERED)
        elif not (item.is_published and item.is_available_at(at)):
            decisions[item.pk] = Decision(may_show=False, reason=Reason.UNAVAILABLE)
        else:
            decisions[item.pk] = may_show(shown_item(item, tree), shower, rules.get(item.organization_id, ()))
    return decisions


def decisions_of_partners(
    item: Item, partner_ids: Iterable[UUID], *, alliance_id: UUID, rules: Iterable[DisplayRule], tree: CategoryTree
) -> dict[UUID, Decision]:
    """What the owner's `rules` come to for each of the partners within the alliance."""
    shown, weighed = shown_item(item, tree), [rule_said(rule) for rule in rules]
    return {
        partner_id: may_show(shown, Shower(partner_id=partner_id, alliance_id=alliance_id), weighed)
        for partner_id in partner_ids
    }


def known_partners() -> list[tuple[UUID, str]]:
    """The other organizations that the scope's organization knows by name, in order of their names."""
    rows = Organization.objects.exclude(pk=require_organization_id())
    return list(rows.order_by("name", "id").values_list("id", "name"))


@dataclass(frozen=True, slots=True)
class PictureFile:
    """The stored file of a picture, to be handed out."""

    file_name: str
    file_kind: str
    stored_as: str


def picture_file(item: Item, sha256: str, *, is_small: bool) -> PictureFile | None:
    """The file of the picture of this name, in one of its two sizes; `None` when the item has no such picture."""
    found = next((picture for picture in item.shown_pictures if picture.sha256 == sha256), None)
    if found is None:
        return None
    if is_small:
        return PictureFile(found.file_name, found.small_kind, found.small_stored_as)
    return PictureFile(found.file_name, found.file_kind, found.stored_as)


def shown_item(item: Item, tree: CategoryTree) -> ShownItem:
    """What the rules look at."""
    return ShownItem(
        id=item.pk,
        owner_id=item.organization_id,
        category_ids=tree.path_of(item.category_id),
        price_minor=item.price_minor,
        currency=item.currency,
    )


def rule_said(rule: DisplayRule) -> Rule:
    """A stored rule as the domain weighs it."""
    return Rule(
        id=rule.pk,
        effect=Effect(rule.effect),
        alliance_id=rule.alliance_id,
        partner_id=rule.partner_id,
        item_id=rule.item_id,
        category_id=rule.category_id,
        floor_minor=rule.floor_minor,
        currency=rule.currency,
    )


def _offered(alliance_id: UUID) -> set[UUID]:
    with scoped_cursor() as cursor:
        cursor.execute(_OFFERED, [alliance_id])
        return {row[0] for row in cursor.fetchall()}


def _rules(alliance_id: UUID, owner_ids: Iterable[UUID], at: datetime) -> Mapping[UUID, list[Rule]]:
    """The rules that concern the scope's organization, by their owners."""
    found: dict[UUID, list[Rule]] = {}
    with scoped_cursor() as cursor:
        cursor.execute(_RULES, [alliance_id, list(owner_ids), at])
        for pk, owner_id, effect, partner_id, item_id, category_id, floor_minor, currency in cursor.fetchall():
            rule = Rule(
                id=pk,
                effect=Effect(effect),
                partner_id=partner_id,
                item_id=item_id,
                category_id=category_id,
                floor_minor=floor_minor,
                currency=currency,
            )
            found.setdefault(owner_id, []).append(rule)
    return found
