"""A batch of items as a program sends it."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.items import ItemDraft, ItemIssue, ItemStatus
from partners.catalogue.domain.upserting import Defaults, Outcome
from partners.catalogue.domain.visibility import PRIVATE, Visibility
from partners.catalogue.services.ensure_visibility import ensure_visibility
from partners.catalogue.services.upsert_items import SentItem, Upserted, upsert_items
from partners.models import Organization

MOST: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class OneSent:
    """One item of the batch; status and visibility None leave an item as it is, a new one becomes a private draft."""

    draft: ItemDraft
    status: ItemStatus | None = None
    visibility: Visibility | None = None


def send_items(*, actor: Actor, items: Sequence[OneSent], now: datetime) -> list[Upserted]:
    """Create or change at most `MOST` items by their codes; what became of each, in order. A code's second item is refused.

    One row in the audit trail tells of the whole batch, if it changed anything. Raises `NotPermittedError`,
    `NotYourAllianceError`.
    """
    actor.require(Permission.ITEM_WRITE)
    first: dict[str, OneSent] = {}
    for item in items:
        first.setdefault(item.draft.code, item)
    with atomic():
        places = {v: ensure_visibility(actor=actor, visibility=v) for v in {PRIVATE, *_visibilities(items)}}
        sent = [
            SentItem(
                draft=item.draft, status=item.status, visibility_id=places[item.visibility] if item.visibility else None
            )
            for item in first.values()
        ]
        defaults = Defaults(status=ItemStatus.DRAFT, visibility_id=places[PRIVATE])
        upserted = upsert_items(actor=actor, sent=sent, defaults=defaults, now=now)
        _record(actor, upserted, now)
    done = {row.code: row for row in upserted}
    return [done[item.draft.code] if first[item.draft.code] is item else _twice(item) for item in items]


def _visibilities(items: Sequence[OneSent]) -> set[Visibility]:
    return {item.visibility for item in items if item.visibility}


def _twice(item: OneSent) -> Upserted:
    return Upserted(code=item.draft.code, outcome=Outcome.REFUSED, issues=(ItemIssue("code", "code_twice"),))


def _record(actor: Actor, upserted: Sequence[Upserted], now: datetime) -> None:
    counts = {str(outcome): sum(row.outcome is outcome for row in upserted) for outcome in Outcome}
    if counts[Outcome.CREATED] or counts[Outcome.CHANGED]:
        owner = Organization.objects.get(pk=actor.organization_id)
        audit.record(actor, "items.sent", owner, now=now, after=counts)
