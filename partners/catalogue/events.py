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

    `change` is `created`, `changed` or `archived`. The hashes go with `item_ids`: of what each item said before (empty when it
    was not there) and says now. Equal hashes: it says the same, and its status, its visibility or its pictures are others.
    `shown_before` and `shown_after` are the visibility under which others saw and see them, empty when nobody did or does.
    """

    owner_id: str
    change: str
    item_ids: tuple[str, ...]
    before_sha256: tuple[str, ...] = ()
    after_sha256: tuple[str, ...] = ()
    shown_before: str = ""
    shown_after: str = ""
