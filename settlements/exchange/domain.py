"""What is exchanged when a period closes. Pure; minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up
from partners.domain.terms import Terms


def settlement_currency(terms: Terms, party_id: UUID) -> str:
    """The currency in which the party is paid: its own payout rule's, else everybody's, else that of the terms."""
    rules = sorted((rule for rule in terms.payouts if rule.party in {None, party_id}), key=lambda r: r.party is None)
    return rules[0].currency or terms.currency if rules else terms.currency


@dataclass(frozen=True, slots=True)
class Earlier:
    """An exchange of an earlier close: its exact rate in minor units, and what was taken back of it until now.

    `taken_minor` in the first currency, `back_minor` in the second; both not positive, as a rule.
    """

    id: UUID
    unit_rate: Fraction
    taken_minor: int
    back_minor: int


def taken_back(earlier: Earlier, amount_minor: int) -> int:
    """What `amount_minor` more comes to at the rate of the earlier exchange.

    Over the running sum: all of it taken back gives back exactly what it came to, in however many parts.
    """
    return half_up(earlier.unit_rate * (earlier.taken_minor + amount_minor)) - earlier.back_minor


def rest_of(balance_minor: int, taken: Sequence[int]) -> int:
    """What is exchanged at the present rate: the balance without what refunds take back of earlier exchanges."""
    return balance_minor - sum(taken)
