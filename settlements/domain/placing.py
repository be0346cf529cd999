"""Into which period a conversion falls: its own while that is open, else the present one."""

from dataclasses import dataclass, field
from datetime import date
from uuid import UUID

from partners.domain.terms.settling import Periods
from settlements.domain.spans import MONTHLY, Span


@dataclass(frozen=True, slots=True, order=True)
class AgreementPeriod:
    """One period of one agreement. Orders by agreement, then time, so that locks are taken in one order."""

    agreement_id: UUID
    span: Span
    currency: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a conversion lands. A late one lands in an open period on the day it came, marked as of a prior period."""

    period: AgreementPeriod
    effective_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """For each agreement the first day that is not closed, and the periods that are open now."""

    closed_until: dict[UUID, date]
    open_spans: dict[UUID, list[Span]] = field(default_factory=dict)

    def place(
        self,
        agreement_id: UUID,
        *,
        occurred_on: date,
        today: date,
        zone: str,
        currency: str,
        rule: Periods = MONTHLY,
    ) -> Placement:
        """Where a conversion of the business day `occurred_on` lands when it arrives on the business day `today`.

        An open period that holds the day takes it; else the schedule's own, cut where others of the agreement begin
        or end, so that a changed schedule leaves neither gap nor overlap.
        """
        closed = self.closed_until.get(agreement_id)
        is_late = closed is not None and occurred_on < closed
        day = max(today, closed) if is_late and closed else occurred_on
        span = self._span(agreement_id, day, Span.holding(day, zone, rule))
        return Placement(AgreementPeriod(agreement_id, span, currency), day, is_late)

    def _span(self, agreement_id: UUID, day: date, natural: Span) -> Span:
        spans = self.open_spans.get(agreement_id, [])
        if (present := next((span for span in spans if span.holds(day)), None)) is not None:
            return present
        ends = [span.ends_on for span in spans if span.ends_on <= day]
        if closed := self.closed_until.get(agreement_id):
            ends.append(closed)
        begins = [span.starts_on for span in spans if span.starts_on > day]
        return natural.clipped(after=max(ends, default=None), before=min(begins, default=None))
