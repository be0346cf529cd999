"""What settlements tells others, in the host's scope."""

from dataclasses import dataclass

from alliance.kernel.events import Event


@dataclass(frozen=True, slots=True, kw_only=True)
class ConversionsHeld(Event):
    """Conversions that no agreement explains went to suspense: somebody at the host should look."""

    alliance_id: str
    conversion_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class PeriodClosed(Event):
    """A month of an agreement is closed and its statements stand. `starts_on` is its first local day (ISO)."""

    alliance_id: str
    agreement_id: str
    period_id: str
    starts_on: str
    statement_count: int


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRecorded(Event):
    """People decided that money moves: `organization_id` gets or gives the adjustment's amount."""

    alliance_id: str
    agreement_id: str
    adjustment_id: str
    organization_id: str
