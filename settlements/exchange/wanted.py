"""Who is paid in which currency, and which rates that takes."""

from datetime import date, timedelta
from uuid import UUID

from partners.domain.terms import Terms
from partners.selectors import TermsInForce
from settlements.models import Period
from settlements.rates.domain.choosing import ChosenRate
from settlements.rates.selectors import rate_for


def settlement_currency(terms: Terms, party_id: UUID) -> str:
    """The currency in which the party is paid: its own payout rule's, else everybody's, else that of the terms."""
    rules = sorted((rule for rule in terms.payouts if rule.party in {None, party_id}), key=lambda r: r.party is None)
    return rules[0].currency or terms.currency if rules else terms.currency


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
