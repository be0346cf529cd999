"""What the catalogue tells others. Messages are cut at `IDS_PER_MESSAGE` items."""

from dataclasses import dataclass
from typing import Final

from alliance.kernel.events import Event

IDS_PER_MESSAGE: Final = 500
CREATED: Final = "created"
CHANGED: Final = "changed"
ARCHIVED: Final = "archived"


@dataclass(frozen=True, slots=True, kw_only=True)
class DisplayRulesChanged(Event):
    """An owner has made, changed or removed a rule about who may show its items; heard in the owner's scope."""

    owner_id: str
    display_rule_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class ItemsChanged(Event):
    """Items of one owner are new, say something else, are seen by others, or are put away; heard in the owner's scope.

    `change` is `created`, `changed` or `archived`.
    """

    owner_id: str
    change: str
    item_ids: tuple[str, ...]
