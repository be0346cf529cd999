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
class ExportReady(Event):
    """A file that somebody or a schedule asked for can be downloaded."""

    export_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class AdjustmentRecorded(Event):
    """People decided that money moves: `organization_id` gets or gives the adjustment's amount."""

    alliance_id: str
    agreement_id: str
    adjustment_id: str
    organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementEvent(Event):
    """Something was said to a closed statement of `party_id`. Heard in the scope of that party, and of the host.

    `by_organization_id` is the side that acted.
    """

    statement_id: str
    agreement_id: str
    alliance_id: str
    host_id: str
    party_id: str
    by_organization_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementIssued(StatementEvent):
    """A partner's statement was closed and waits for its acceptance. Heard in the scope of that party alone."""


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementAccepted(StatementEvent):
    """The party has accepted its statement, by word or (`how` is `silence`) because its time to answer is over."""

    how: str
    content_sha256: str


@dataclass(frozen=True, slots=True, kw_only=True)
class StatementCommented(StatementEvent):
    """Somebody has written about a statement, or about one dispute of it (`dispute_id`, else empty)."""

    comment_id: str
    dispute_id: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class LineDisputed(StatementEvent):
    """One line is disputed; its money is set aside as soon as the host's worker hears of it."""

    dispute_id: str
    line_number: int
    currency: str
    share_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class DisputeSettled(StatementEvent):
    """A dispute is over: the line `stands`, was `corrected` (to `resolved_minor`), or the dispute was `withdrawn`."""

    dispute_id: str
    line_number: int
    outcome: str
    currency: str
    resolved_minor: int


@dataclass(frozen=True, slots=True, kw_only=True)
class InvoiceIssued(Event):
    """The host issued a self-billing invoice or credit note for a statement."""

    invoice_id: str
    statement_id: str


@dataclass(frozen=True, slots=True, kw_only=True)
class RatesRecorded(Event):
    """Exchange rates were stored: what waited for them can accrue."""

    import_id: str
