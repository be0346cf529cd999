"""What is exchanged when a period closes. Pure; minor units."""

from collections.abc import Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up


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
