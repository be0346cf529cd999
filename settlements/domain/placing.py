"""Into which month a conversion falls: its own while that is open, else the present one."""

from dataclasses import dataclass
from datetime import date
from uuid import UUID

from settlements.domain.months import Month


@dataclass(frozen=True, slots=True, order=True)
class AgreementMonth:
    """One month of one agreement. Orders by agreement, then time, so that locks are taken in one order."""

    agreement_id: UUID
    month: Month
    currency: str


@dataclass(frozen=True, slots=True)
class Placement:
    """Where a conversion lands. A late one lands in an open month on the day it came, marked as of a prior period."""

    agreement_month: AgreementMonth
    effective_on: date
    is_late: bool


@dataclass(frozen=True, slots=True)
class Calendar:
    """For each agreement the last month that is closed. Everything up to it is closed too."""

    closed: dict[UUID, date]

    def place(self, agreement_id: UUID, *, occurred_on: date, today: date, zone: str, currency: str) -> Placement:
        """Where a conversion of the local day `occurred_on` lands when it arrives on the local day `today`."""
        closed = self.closed.get(agreement_id)
        own = Month.holding(occurred_on, zone)
        if closed is None or own.starts_on > closed:
            return Placement(AgreementMonth(agreement_id, own, currency), occurred_on, is_late=False)
        arrives_on = max(today, Month(closed, zone).ends_on)
        return Placement(
            AgreementMonth(agreement_id, Month.holding(arrives_on, zone), currency), arrives_on, is_late=True
        )
