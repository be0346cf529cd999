"""What a total earns by tiers, exactly. Bounds belong to the tier below them."""

from decimal import Decimal
from fractions import Fraction
from typing import NamedTuple

from partners.domain.evaluation.facts import Totals
from partners.domain.terms.exact import minor_units
from partners.domain.terms.payments import Tier, Tiered, TierMode


class Slice(NamedTuple):
    """What one tier counted and earned, in minor units; `counted` is money or units, as the tiers measure."""

    tier: Tier
    counted: Fraction
    earned: Fraction


def slices(payment: Tiered, total: Totals, currency: str) -> list[Slice]:
    """What each tier earns on the total of a window; the sum is what the total earns. The total is not negative."""
    measured = Fraction(total.quantity if payment.measure == "quantity" else total.amount_minor)
    if payment.mode is TierMode.VOLUME:
        tier = next(tier for tier in payment.tiers if _bound(payment, tier, currency, measured) >= measured)
        return [Slice(tier, measured, _earned(payment, tier, measured, total, currency))] if measured else []
    found, below = [], Fraction(0)
    for tier in payment.tiers:
        upper = min(_bound(payment, tier, currency, measured), measured)
        if upper > below:
            found.append(Slice(tier, upper - below, _earned(payment, tier, upper - below, total, currency)))
        below = max(below, upper)
    return found


def _bound(payment: Tiered, tier: Tier, currency: str, endless: Fraction) -> Fraction:
    if tier.up_to is None:
        return endless
    return Fraction(tier.up_to) if payment.measure == "quantity" else _minor(tier.up_to, currency)


def _earned(payment: Tiered, tier: Tier, counted: Fraction, total: Totals, currency: str) -> Fraction:
    if tier.amount is not None:
        return counted * _minor(tier.amount, currency)
    rate = tier.rate or Fraction(0)
    return rate * (total.amount_minor if payment.measure == "quantity" else counted)


def _minor(amount: Decimal, currency: str) -> Fraction:
    return minor_units(amount, currency)
