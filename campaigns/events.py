"""What campaigns tells others. Messages are cut at `IDS_PER_MESSAGE` conversions."""

from dataclasses import dataclass
from typing import Final

from alliance.kernel.events import Event

IDS_PER_MESSAGE: Final = 500


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionsRecorded(Event):
    """New conversions stand in the books of an alliance's host; some may have no agreement yet."""

    alliance_id: str
    conversion_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionsMatched(Event):
    """Conversions that had no agreement now fall under this one."""

    alliance_id: str
    agreement_id: str
    conversion_ids: tuple[str, ...]
