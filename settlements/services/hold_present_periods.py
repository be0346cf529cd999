"""Hold open the periods in which something happens to agreements now."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import date, datetime
from uuid import UUID

from partners.selectors import accepted_terms, agreements_of
from settlements.domain.placing import Placement
from settlements.domain.spans import MONTHLY, business_day
from settlements.services.open_periods import PeriodsKeepClosingError, open_periods, read_calendar

_TRIES = 5


@dataclass(frozen=True, slots=True)
class PresentPeriod:
    """The open period of an agreement, and the business day on which something happens in it now."""

    period_id: UUID
    effective_on: date


def hold_present_periods(
    *, book_id: UUID, host_id: UUID, alliance_id: UUID, agreement_ids: Collection[UUID], now: datetime
) -> dict[UUID, PresentPeriod]:
    """The present period of each agreement of the alliance, opened where there was none, and held open.

    Until this transaction ends. By the schedule of the terms in force now, or the last that were. Raises `PeriodsKeepClosingError` (try again).
    """
    for _attempt in range(_TRIES):
        placements = _place(alliance_id, set(agreement_ids), now)
        wanted = {placement.period for placement in placements.values()}
        periods = open_periods(book_id=book_id, host_id=host_id, alliance_id=alliance_id, wanted=wanted)
        if periods is not None:
            return {
                agreement_id: PresentPeriod(periods[placement.period], placement.effective_on)
                for agreement_id, placement in placements.items()
            }
    raise PeriodsKeepClosingError


def _place(alliance_id: UUID, agreement_ids: set[UUID], now: datetime) -> dict[UUID, Placement]:
    calendar, timeline = read_calendar(agreement_ids), accepted_terms(alliance_id=alliance_id)
    found = {}
    for agreement in agreements_of(alliance_id=alliance_id):
        if agreement.id in agreement_ids:
            version = timeline.last_of_agreement(agreement.id, now)
            rule = version.terms.periods if version else MONTHLY
            today = business_day(now, agreement.time_zone, rule)
            found[agreement.id] = calendar.place(
                agreement.id,
                occurred_on=today,
                today=today,
                zone=agreement.time_zone,
                currency=agreement.currency,
                rule=rule,
            )
    return found
