"""Who may show an item, and why: the owner's rules, weighed in a fixed order.

The narrowest rules decide: those on the item before those on its category, the category before the one above it, and
all of them before rules on everything. Among rules equally narrow, a denial beats an exclusivity, an exclusivity an
allowance. Without any rule an item that was offered may be shown. Whoever may show it keeps to the price floor: the
highest of the narrowest floors in the item's currency. That an item is offered in the alliance, and can be had now, is for
the caller to find out first.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final
from uuid import UUID


class Effect(StrEnum):
    """What a rule does."""

    ALLOW = "allow"
    DENY = "deny"
    EXCLUSIVE = "exclusive"
    PRICE_FLOOR = "price_floor"


class Reason(StrEnum):
    """Why a partner may show an item, or may not."""

    OWN = "own"
    DEFAULT = "default"
    ALLOWED = "allowed"
    EXCLUSIVE = "exclusive"
    DENIED = "denied"
    EXCLUSIVE_TO_OTHERS = "exclusive_to_others"
    BELOW_PRICE_FLOOR = "below_price_floor"
    NOT_OFFERED = "not_offered"
    UNAVAILABLE = "unavailable"


@dataclass(frozen=True, slots=True, kw_only=True)
class Rule:
    """One rule of an item's owner.

    It holds in one alliance, or in all (None); it speaks of one partner, or of all; of one item, of one category with
    all below it, or of everything. `floor_minor` in `currency` belongs to a price floor.
    """

    id: UUID
    effect: Effect
    alliance_id: UUID | None = None
    partner_id: UUID | None = None
    item_id: UUID | None = None
    category_id: UUID | None = None
    floor_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class ShownItem:
    """What the rules look at. `category_ids` leads from the root of the tree to the item's own category."""

    id: UUID
    owner_id: UUID
    category_ids: tuple[UUID, ...] = ()
    price_minor: int | None = None
    currency: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Shower:
    """Who wants to show it: a partner, within one alliance."""

    partner_id: UUID
    alliance_id: UUID


@dataclass(frozen=True, slots=True, kw_only=True)
class Decision:
    """Whether it may be shown, why, by which rule (None for no rule), and not below which price in minor units."""

    may_show: bool
    reason: Reason
    rule_id: UUID | None = None
    floor_minor: int | None = None


_EVERYTHING: Final = 0
_ITEM: Final = 1_000_000  # deeper than any category


def may_show(item: ShownItem, shower: Shower, rules: Iterable[Rule], *, price_minor: int | None = None) -> Decision:
    """Whether the partner may show the item at `price_minor` (the item's own price when None). The rules' order is immaterial."""
    if item.owner_id == shower.partner_id:
        return Decision(may_show=True, reason=Reason.OWN)
    by_depth: dict[int, list[Rule]] = {}
    for rule in rules:
        depth = _depth(rule, item)
        if depth is not None and rule.alliance_id in {None, shower.alliance_id}:
            by_depth.setdefault(depth, []).append(rule)
    narrowest_first = [sorted(by_depth[depth], key=lambda rule: rule.id) for depth in sorted(by_depth, reverse=True)]
    verdict = _verdict(narrowest_first, shower)
    floor = _floor(narrowest_first, item, shower)
    if not verdict.may_show or floor is None:
        return verdict
    shown_at = item.price_minor if price_minor is None else price_minor
    if shown_at is not None and shown_at < (floor.floor_minor or 0):
        return Decision(
            may_show=False, reason=Reason.BELOW_PRICE_FLOOR, rule_id=floor.id, floor_minor=floor.floor_minor
        )
    return Decision(may_show=True, reason=verdict.reason, rule_id=verdict.rule_id, floor_minor=floor.floor_minor)


def _depth(rule: Rule, item: ShownItem) -> int | None:
    """How narrowly the rule names the item; `None` when it speaks of something else."""
    if rule.item_id is not None:
        return _ITEM if rule.item_id == item.id else None
    if rule.category_id is not None:
        return 1 + item.category_ids.index(rule.category_id) if rule.category_id in item.category_ids else None
    return _EVERYTHING


def _verdict(narrowest_first: Iterable[Sequence[Rule]], shower: Shower) -> Decision:
    for rules in narrowest_first:
        concerning = [rule for rule in rules if rule.partner_id in {None, shower.partner_id}]
        if denial := _first(concerning, Effect.DENY):
            return Decision(may_show=False, reason=Reason.DENIED, rule_id=denial.id)
        if own := _first(concerning, Effect.EXCLUSIVE):
            return Decision(may_show=True, reason=Reason.EXCLUSIVE, rule_id=own.id)
        if others := _first(rules, Effect.EXCLUSIVE):
            return Decision(may_show=False, reason=Reason.EXCLUSIVE_TO_OTHERS, rule_id=others.id)
        if allowance := _first(concerning, Effect.ALLOW):
            return Decision(may_show=True, reason=Reason.ALLOWED, rule_id=allowance.id)
    return Decision(may_show=True, reason=Reason.DEFAULT)


def _first(rules: Iterable[Rule], effect: Effect) -> Rule | None:
    return next((rule for rule in rules if rule.effect is effect), None)


def _floor(narrowest_first: Iterable[Sequence[Rule]], item: ShownItem, shower: Shower) -> Rule | None:
    for rules in narrowest_first:
        floors = [
            rule
            for rule in rules
            if rule.effect is Effect.PRICE_FLOOR
            and rule.partner_id in {None, shower.partner_id}
            and rule.currency == item.currency
        ]
        if floors:
            return max(floors, key=lambda rule: rule.floor_minor or 0)
    return None
