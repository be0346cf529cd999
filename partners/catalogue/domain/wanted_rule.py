"""A display rule as somebody wants it, and everything that can be wrong with one."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from partners.catalogue.domain.display import Effect
from partners.catalogue.domain.items import MAX_PRICE, ItemIssue, is_currency

MAX_NOTE: Final = 200


@dataclass(frozen=True, slots=True, kw_only=True)
class WantedRule:
    """What a rule does, for whom, and of what.

    It holds in one alliance, or in all (None); it speaks of one partner, or of all; of one item, of one category (by its
    key) with all below it, or of everything. `floor_minor`, in the minor unit of `currency`, belongs to a price floor. The
    rule holds over the half-open `[holds_from, holds_until)`, each end open when None. `note` is for the owner's own people.
    """

    effect: Effect
    alliance_id: UUID | None = None
    partner_id: UUID | None = None
    item_id: UUID | None = None
    category: str = ""
    floor_minor: int | None = None
    currency: str = ""
    holds_from: datetime | None = None
    holds_until: datetime | None = None
    note: str = ""


def rule_issues(wanted: WantedRule) -> tuple[ItemIssue, ...]:
    """Everything that is wrong with a rule in itself, in a fixed order."""
    return tuple(ItemIssue(field, code) for field, code in (*_wrong_target(wanted), *_wrong_floor(wanted)))


def _wrong_target(wanted: WantedRule) -> Iterator[tuple[str, str]]:
    if wanted.effect is Effect.EXCLUSIVE and wanted.partner_id is None:
        yield "partner_id", "exclusive_to_whom"
    if wanted.item_id is not None and wanted.category:
        yield "category", "item_or_category"
    starts, ends = wanted.holds_from, wanted.holds_until
    if starts is not None and ends is not None and ends <= starts:
        yield "holds_until", "empty_window"
    if len(wanted.note) > MAX_NOTE:
        yield "note", "too_long"


def _wrong_floor(wanted: WantedRule) -> Iterator[tuple[str, str]]:
    if wanted.effect is not Effect.PRICE_FLOOR:
        if wanted.floor_minor is not None:
            yield "floor_minor", "floor_of_no_floor"
        return
    if wanted.floor_minor is None:
        yield "floor_minor", "missing"
    elif not 0 < wanted.floor_minor <= MAX_PRICE:
        yield "floor_minor", "too_large" if wanted.floor_minor > 0 else "not_above_zero"
    if not is_currency(wanted.currency):
        yield "currency", "not_a_currency"
