"""Who is paid in which currency, and which rates that takes."""

from datetime import date, timedelta
from uuid import UUID

from partners.selectors import TermsInForce
from settlements.exchange.domain import settlement_currency
from settlements.models import Period
from settlements.rates.domain.choosing import ChosenRate
from settlements.rates.selectors import rate_for


def foreign_payees(period: Period, version: TermsInForce | None) -> dict[UUID, str]:
    """The partners that are paid in another currency than the period's, with that currency."""
    if version is None:
        return {}
    parties = (party for party in version.terms.parties if party != period.host_id)
    wanted = {party: settlement_currency(version.terms, party) for party in parties}
    return {party: currency for party, currency in wanted.items() if currency != period.currency}


def day_of_rates(period: Period) -> date:
    """A period is exchanged at the rates of its last day."""
    return period.ends_on - timedelta(days=1)


def rates_of(period: Period, currencies: set[str]) -> dict[str, ChosenRate]:
    """The rate from the period's currency into each, as far as one is stored; in the host's scope."""
    found = {
        currency: rate_for(base=period.currency, quote=currency, on=day_of_rates(period)) for currency in currencies
    }
    return {currency: rate for currency, rate in found.items() if rate is not None}
