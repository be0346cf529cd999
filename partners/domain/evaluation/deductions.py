"""From the gross amount to the base that is shared: what comes off, in the clause's order, in whole minor units."""

from typing import NamedTuple
from uuid import UUID

from alliance.kernel.money import half_up
from partners.domain.evaluation.explanation import Step
from partners.domain.evaluation.facts import Facts
from partners.domain.terms.clauses import Clause, Deduction
from partners.domain.terms.exact import minor_units


class Deducted(NamedTuple):
    """One thing that came off, and who bears it; `None` is the host."""

    kind: str
    amount_minor: int
    kept_by: UUID | None


class Base(NamedTuple):
    """What is left to share, what came off, and how. Base and deductions sum to the gross amount."""

    base_minor: int
    deducted: tuple[Deducted, ...]
    steps: tuple[Step, ...]


def base_of(clause: Clause, facts: Facts, currency: str) -> Base:
    """The base of a conversion. Nothing takes more than what is left; a refund mirrors its sale."""
    sign = -1 if facts.amount_minor < 0 else 1
    gross = rest = abs(facts.amount_minor)
    deducted, steps = [], []
    for deduction in clause.deductions:
        amount = min(_wanted(deduction, facts, gross, rest, currency), rest)
        rest -= amount
        deducted.append(Deducted(deduction.kind.value, sign * amount, deduction.kept_by))
        values = {"kind": deduction.kind.value, "amount_minor": sign * amount, "left_minor": sign * rest}
        if deduction.rate is not None:
            values |= {"rate": str(deduction.rate), "of": deduction.of}
        steps.append(Step("deduction", values))
    return Base(sign * rest, tuple(deducted), tuple(steps))


def _wanted(deduction: Deduction, facts: Facts, gross: int, rest: int, currency: str) -> int:
    if deduction.rate is not None:
        return half_up(deduction.rate * (gross if deduction.of == "gross" else rest))
    if deduction.amount is not None:
        return half_up(minor_units(deduction.amount, currency))
    return abs(facts.reported.get(deduction.kind, 0))
