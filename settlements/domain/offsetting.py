"""Debts that are offset across agreements: between which ones, and how much. Pure; minor units."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from partners.domain.terms import Terms
from settlements.exchange.domain import settlement_currency
from settlements.taxes.domain.value_added import vat_rate_of


@dataclass(frozen=True, slots=True)
class Side:
    """What one party has and owes under one agreement, without what is on hold or disputed. Neither is below nothing."""

    available_minor: int = 0
    owed_minor: int = 0


def may_offset(own: Terms, other: Terms, party_id: UUID) -> bool:
    """Whether both terms let this party's debts be offset between them.

    Both must say so, pay the party in one and the same currency, their own, and withhold the same tax from it: what is
    offset is paid to nobody, so no tax is withheld of it, and none is given back.
    """
    if own.debts is None or other.debts is None or not {party_id} <= set(own.parties) & set(other.parties):
        return False
    currencies = {own.currency, other.currency, *(settlement_currency(terms, party_id) for terms in (own, other))}
    return len(currencies) == 1 and _withheld(own, party_id) == _withheld(other, party_id)


def _withheld(terms: Terms, party_id: UUID) -> object:
    """What decides how much of a payment to the party is withheld."""
    rule = next((rule for rule in terms.withholding if rule.party == party_id), None)
    return rule and (rule.rate, rule.reduced_rate, rule.rounding, vat_rate_of(terms, party_id))


def offsets(own: Side, others: Mapping[UUID, Side], order: Sequence[UUID]) -> dict[UUID, int]:
    """How much is offset with each other agreement: above 0 what pays the own debt, below 0 what pays the other's.

    In this order, until either side has nothing left; never more than there is or is owed.
    """
    found: dict[UUID, int] = {}
    available, owed = own.available_minor, own.owed_minor
    for agreement_id in order:
        other = others[agreement_id]
        taken, given = min(owed, other.available_minor), min(available, other.owed_minor)
        owed, available = owed - taken, available - given
        if taken != given:
            found[agreement_id] = taken - given
    return found
