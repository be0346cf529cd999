"""The most a party earns: what exceeds a cap stays with the payer, or waits for approval."""

from collections.abc import Sequence
from fractions import Fraction
from typing import NamedTuple
from uuid import UUID

from partners.domain.evaluation.explanation import Step, Value
from partners.domain.evaluation.facts import History
from partners.domain.evaluation.parts import Part
from partners.domain.terms.exact import minor_units
from partners.domain.terms.limits import Cap


class Earned(NamedTuple):
    """One part, the clause it comes from, and who pays for it."""

    clause_id: str
    payer: UUID
    part: Part


class Waiting(NamedTuple):
    """What exceeds a cap and becomes its party's only when somebody approves it; less than nothing after a refund."""

    party: UUID
    payer: UUID
    cap: str
    amount_minor: int


class Capped(NamedTuple):
    """The parts within the caps, the excess returned to the payers, what waits for approval, and what each cap did.

    `uncapped` is, for each cap, what its party earned before any cap: what the next evaluation's history adds.
    """

    parts: tuple[Part, ...]
    waiting: tuple[Waiting, ...]
    uncapped: dict[str, int]
    steps: tuple[Step, ...]


def within_caps(found: Sequence[Earned], caps: Sequence[Cap], *, history: History, currency: str) -> Capped:
    """Apply every cap in its order. A refund frees what it takes back: caps count the net.

    A cap allows `min(before + this, cap) - min(before, cap)`, where everything before counts uncapped.
    """
    kept, steps, uncapped = list(found), [], {}
    waiting: list[Waiting] = []
    for cap in caps:
        earned = uncapped[cap.id] = sum(e.part.amount_minor for e in found if _bounds(cap, e))
        limit = int(minor_units(cap.amount, currency))
        before = 0 if cap.window == "conversion" else history.earned.get(cap.id, 0)
        allowed = min(before + earned, limit) - min(before, limit)
        over = sum(e.part.amount_minor for e in kept if _bounds(cap, e)) - allowed
        if over == 0 or (over > 0) is not (earned > 0):  # within, or an earlier cap took more already
            continue
        kept, returned = _lessened(kept, cap, over)
        kept += returned
        values: dict[str, Value] = {
            "cap": cap.id,
            "party": str(cap.party),
            "earned_minor": earned,
            "before_minor": before,
        }
        steps.append(Step("cap", {**values, "allowed_minor": allowed, "excess": cap.excess}))
        if cap.excess == "waits_for_approval":
            waiting += [Waiting(cap.party, e.payer, cap.id, e.part.amount_minor) for e in returned]
    return Capped(tuple(e.part for e in kept), tuple(waiting), uncapped, tuple(steps))


def _bounds(cap: Cap, earned: Earned) -> bool:
    is_counted = not cap.clauses or earned.clause_id in cap.clauses
    return is_counted and earned.part.party == cap.party and not earned.part.is_rest


def _lessened(found: Sequence[Earned], cap: Cap, over: int) -> tuple[list[Earned], list[Earned]]:
    """What is left when `over` is taken from what the cap bounds, the last part first, and what its payers get back."""
    left: list[Earned] = []
    returned: list[Earned] = []
    for earned in reversed(found):
        amount = earned.part.amount_minor
        taken = 0
        if _bounds(cap, earned):
            taken = min(over, amount) if over > 0 else max(over, amount)
        over -= taken
        left.append(earned._replace(part=earned.part._replace(amount_minor=amount - taken)) if taken else earned)
        if taken:
            back = Part(earned.payer, "over_cap", taken, Fraction(taken), is_rest=True)
            returned.append(earned._replace(part=back))
    return left[::-1], returned
