"""How a base runs through the steps of a waterfall, exactly; whole minor units come at its ends."""

from fractions import Fraction
from typing import NamedTuple

from partners.domain.evaluation.explanation import Step
from partners.domain.terms import payments
from partners.domain.terms.exact import minor_units
from partners.domain.terms.payments import Receiver


class End(NamedTuple):
    """What arrives at one receiver, in minor units."""

    receiver: Receiver
    exact: Fraction


def run_through(steps: tuple[payments.Step, ...], base: Fraction, currency: str) -> tuple[list[End], list[Step]]:
    """The ends with what arrives there, summing to `base` (not negative), and each step as taken."""
    ends: list[End] = []
    taken: list[Step] = []
    rest = base
    for step in steps:
        amount, is_limited = _take(step.take, base, rest, currency)
        rest -= amount
        inner, inner_steps = ([End(step.to, amount)], []) if step.to else run_through(step.steps, amount, currency)
        ends += inner
        values = {
            "of": "rest" if step.take.is_everything else step.take.of,
            "share": str(step.take.share) if step.take.share is not None else None,
            "exact": str(amount),
            "limited": str(step.take.at_most) if is_limited else None,
            "party": str(step.to.party) if step.to else None,
            "purpose": step.to.purpose if step.to else None,
        }
        taken.append(Step("step", {k: v for k, v in values.items() if v is not None}, tuple(inner_steps)))
    return ends, taken


def _take(take: payments.Take, base: Fraction, rest: Fraction, currency: str) -> tuple[Fraction, bool]:
    """What a step takes, never more than what is left, and whether its own limit held it back."""
    if take.is_everything:
        return rest, False
    if take.share is not None:
        wanted = take.share * (base if take.of == "base" else rest)
    else:
        wanted = minor_units(take.amount, currency) if take.amount is not None else Fraction(0)
    limit = minor_units(take.at_most, currency) if take.at_most is not None else wanted
    return min(wanted, limit, rest), wanted > limit
