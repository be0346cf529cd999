"""Tell others what has become of items, for every service that writes some."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.events import publish
from partners.catalogue.domain.items import ItemStatus
from partners.catalogue.events import ARCHIVED, CHANGED, CREATED, IDS_PER_MESSAGE, ItemsChanged
from partners.catalogue.models import Item

_ORDER: Final = (CREATED, CHANGED, ARCHIVED)


@dataclass(frozen=True, slots=True, kw_only=True)
class Standing:
    """What others could know of an item at one moment: the hash of what it says, its status, and who may see it."""

    content_sha256: str
    status: str
    visibility_id: UUID

    @property
    def shown_as(self) -> str:
        """The visibility under which others see it; empty when nobody does."""
        return str(self.visibility_id) if self.status == ItemStatus.PUBLISHED else ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Announced:
    """One item before (None: it was not there) and after a change."""

    item_id: UUID
    before: Standing | None
    after: Standing

    @property
    def group(self) -> tuple[str, str, str]:
        """What is said of many items at once: the change, and how they were and are shown."""
        change = CREATED if self.before is None else ARCHIVED if self.after.status == ItemStatus.ARCHIVED else CHANGED
        return change, self.before.shown_as if self.before else "", self.after.shown_as


def standing_of(item: Item) -> Standing:
    """How an item stands."""
    return Standing(content_sha256=item.content_sha256, status=item.status, visibility_id=item.visibility_id)


def announce_items(*, owner_id: UUID, changes: Iterable[Announced], now: datetime) -> None:
    """Publish `ItemsChanged` for the changes, in messages of bounded size, in the caller's transaction.

    Items keep their order within a message. Raises `ScopeMissingError` outside an organization's scope.
    """
    groups: dict[tuple[str, str, str], list[Announced]] = {}
    for one in changes:
        groups.setdefault(one.group, []).append(one)
    for group in sorted(groups, key=lambda group: _ORDER.index(group[0])):
        members, (change, shown_before, shown_after) = groups[group], group
        for start in range(0, len(members), IDS_PER_MESSAGE):
            part = members[start : start + IDS_PER_MESSAGE]
            event = ItemsChanged(
                owner_id=str(owner_id),
                change=change,
                item_ids=tuple(str(one.item_id) for one in part),
                before_sha256=tuple(one.before.content_sha256 if one.before else "" for one in part),
                after_sha256=tuple(one.after.content_sha256 for one in part),
                shown_before=shown_before,
                shown_after=shown_after,
            )
            publish(event, now=now)
