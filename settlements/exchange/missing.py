"""Which exchange rates periods wait for."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from uuid import UUID

from django.db.models import Q

from partners.selectors import TermsTimeline
from settlements.exchange.wanted import day_of_rates, foreign_payees
from settlements.models import ExchangeRate, Period
from settlements.period_terms import terms_of
from settlements.rates.domain.choosing import LONGEST_DAYS, StoredRate, choose_rate


def missing_rates(periods: Sequence[Period], timelines: Mapping[UUID, TermsTimeline]) -> dict[UUID, list[str]]:
    """For each period that pays in other currencies, those into which no rate is stored for its last day.

    In the host's scope. One query, however many periods there are; none where nobody is paid in another currency.
    """
    wanted = {
        period.id: set(foreign_payees(period, terms_of(period, timelines[period.alliance_id])).values())
        for period in periods
    }
    asking = [period for period in periods if wanted[period.id]]
    rows = _rows({day_of_rates(period) for period in asking}) if asking else []
    missing = {
        period.id: sorted(
            currency
            for currency in wanted[period.id]
            if choose_rate(rows, base=period.currency, quote=currency, on=day_of_rates(period)) is None
        )
        for period in asking
    }
    return {period_id: currencies for period_id, currencies in missing.items() if currencies}


def _rows(days: set[date]) -> list[StoredRate]:
    near = Q()
    for day in days:
        near |= Q(valid_on__gt=day - timedelta(days=LONGEST_DAYS + 1), valid_on__lte=day)
    return [row.as_stored() for row in ExchangeRate.objects.filter(near)]
