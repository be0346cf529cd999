"""What a conversion earns whom under some terms, with every step written down.

Pure: the same terms, facts and history always give the same answer, whatever order the clauses stand in (unless the
terms say that the first that matches counts).
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from fractions import Fraction
from uuid import UUID

from partners.domain.evaluation.caps import Earned, Waiting, within_caps
from partners.domain.evaluation.choosing import choose
from partners.domain.evaluation.deductions import Base, base_of
from partners.domain.evaluation.explanation import Step, Value
from partners.domain.evaluation.facts import Facts, History, Totals
from partners.domain.evaluation.matching import applies, applies_but_for_the_person, is_in_territory
from partners.domain.evaluation.parts import Frame, Part, Parts, difference, parts_of
from partners.domain.terms.clauses import Clause
from partners.domain.terms.exact import minor_units
from partners.domain.terms.payments import Commission, Flat, Nothing, Tiered
from partners.domain.terms.terms import Terms


@dataclass(frozen=True, slots=True)
class Evaluation:
    """Who gets what. `parts`, deductions among them, and `unassigned_minor` sum to `gross_minor`.

    `clause_id` is `None` when no clause applies: nobody earns, and all of the money is unassigned: it stays where it
    is. `waiting` exceeds a cap and becomes its party's only by approval. `uncapped` (by cap) and `counted` (by
    clause) are what the history of a later evaluation adds.
    """

    clause_id: str | None
    gross_minor: int
    base_minor: int
    parts: tuple[Part, ...]
    unassigned_minor: int
    waiting: tuple[Waiting, ...]
    uncapped: dict[str, int]
    counted: dict[str, Totals]
    explanation: Step

    @property
    def earns(self) -> bool:
        """Whether anybody earns anything; a conversion that earns nothing needs no line."""
        return any(part.amount_minor for part in self.parts if not part.is_rest)

    def amount_of(self, party: UUID, purpose: str | None = None) -> int:
        """What a party gets in all, or for one purpose."""
        return sum(p.amount_minor for p in self.parts if p.party == party and purpose in {None, p.purpose})


@dataclass(frozen=True, slots=True)
class Outcome:
    """What one clause gives, before any cap."""

    clause: Clause
    base: Base
    counted: Totals
    paid: Parts

    def earned_by(self, partner: UUID | None) -> int:
        """What the partner of the conversion earns; without one, what everybody earns."""
        earning = [part for part in self.paid.parts if not part.is_rest]
        return sum(part.amount_minor for part in earning if partner is None or part.party == partner)


def evaluate(terms: Terms, facts: Facts, *, history: History | None = None, host: UUID | None = None) -> Evaluation:
    """Evaluate one conversion.

    `host` (the first party when not given) bears deductions that nobody else keeps, and is the platform that
    remainder policies speak of. Raises nothing: terms and facts are valid by construction.
    """
    if not is_in_territory(terms, facts.country):
        return _nothing(facts, Step("outside_territory", {"country": facts.country}))
    fitting = [clause for clause in terms.clauses if applies(clause, facts, terms)]
    past = history or History()
    frame = Frame(terms.currency, terms.rounding, host if host is not None else terms.parties[0])
    candidates = [_outcome(clause, facts, past, frame) for clause in fitting if not clause.is_bonus]
    if not candidates:
        return _nothing(facts, Step("no_clause"), *_of_others(terms, facts))
    chosen = choose(candidates, terms.precedence, facts.partner)
    bonuses = [_outcome(clause, facts, past, frame) for clause in fitting if clause.is_bonus]
    passed_over = [outcome for outcome in candidates if outcome is not chosen]
    return _evaluation(terms, facts, past, frame, (chosen, *bonuses), passed_over)


def accumulates(clause: Clause, frame: Frame) -> bool:
    """Whether a clause pays the difference that a conversion makes to a total, and so needs its history."""
    if isinstance(clause.pays, Flat) and minor_units(clause.pays.amount, frame.currency).denominator != 1:
        return True
    return isinstance(clause.pays, Tiered) or frame.rounding.accumulation == "running_total"


def _outcome(clause: Clause, facts: Facts, history: History, frame: Frame) -> Outcome:
    base = base_of(clause, facts, frame.currency)
    is_taken_back = facts.amount_minor < 0 or facts.quantity < 0
    counted = Totals(base.base_minor, facts.quantity, -1 if is_taken_back else 1)
    before = history.before(clause.id) if accumulates(clause, frame) else Totals()
    paid = parts_of(clause.pays, before.plus(counted), frame)
    if before != Totals():
        paid = difference(paid, parts_of(clause.pays, before, frame))
    return Outcome(clause, base, counted, _on_top(paid) if clause.is_bonus else paid)


def _on_top(paid: Parts) -> Parts:
    """A bonus shares nothing of the money that came in: what is earned, and its payer less the same."""
    earned = sum(part.amount_minor for part in paid.parts if not part.is_rest)
    exact = sum((part.exact for part in paid.parts if not part.is_rest), Fraction(0))
    parts = tuple(p._replace(amount_minor=-earned, exact=-exact) if p.is_rest else p for p in paid.parts)
    return paid._replace(parts=parts)


def _evaluation(
    terms: Terms, facts: Facts, history: History, frame: Frame, counting: Sequence[Outcome], others: Sequence[Outcome]
) -> Evaluation:
    chosen = counting[0]
    earned = [e for outcome in counting for e in _earned(outcome, frame.host or terms.parties[0])]
    capped = within_caps(earned, terms.caps, history=history, currency=terms.currency)
    return Evaluation(
        clause_id=chosen.clause.id,
        gross_minor=facts.amount_minor,
        base_minor=chosen.base.base_minor,
        parts=(*_kept(chosen.base, frame.host or terms.parties[0]), *capped.parts),
        unassigned_minor=sum(outcome.paid.unassigned_minor for outcome in counting),
        waiting=capped.waiting,
        uncapped=capped.uncapped,
        counted={outcome.clause.id: outcome.counted for outcome in counting},
        explanation=_explained(terms, facts, counting, others, capped.steps),
    )


def _earned(outcome: Outcome, host: UUID) -> Iterator[Earned]:
    pays = outcome.clause.pays
    payer = pays.payer if isinstance(pays, Commission | Flat | Tiered | Nothing) else host
    return (Earned(outcome.clause.id, payer, part) for part in outcome.paid.parts)


def _kept(base: Base, host: UUID) -> Iterator[Part]:
    """Deductions as parts of those who bear them."""
    return (
        Part(deducted.kept_by or host, deducted.kind, deducted.amount_minor, Fraction(deducted.amount_minor), True)  # noqa: FBT003
        for deducted in base.deducted
        if deducted.amount_minor
    )


def _explained(
    terms: Terms, facts: Facts, counting: Sequence[Outcome], others: Sequence[Outcome], caps: Sequence[Step]
) -> Step:
    clauses = [
        Step(
            "bonus" if outcome.clause.is_bonus else "clause",
            {"clause": outcome.clause.id, "base_minor": outcome.base.base_minor},
            (*outcome.base.steps, outcome.paid.step),
        )
        for outcome in counting
    ]
    passed_over = [
        Step("passed_over", {"clause": other.clause.id, "earned_minor": other.earned_by(facts.partner)})
        for other in others
    ]
    values: dict[str, Value] = {
        "amount_minor": facts.amount_minor,
        "currency": terms.currency,
        "precedence": terms.precedence,
    }
    return Step("conversion", values, (*clauses, *caps, *passed_over, *_of_others(terms, facts)))


def _of_others(terms: Terms, facts: Facts) -> list[Step]:
    """The clauses that would apply to a person of their own."""
    return [
        Step("acquired_elsewhere", {"clause": clause.id})
        for clause in terms.clauses
        if applies_but_for_the_person(clause, facts, terms)
    ]


def _nothing(facts: Facts, *why: Step) -> Evaluation:
    explanation = Step("conversion", {"amount_minor": facts.amount_minor}, why)
    return Evaluation(None, facts.amount_minor, 0, (), facts.amount_minor, (), {}, {}, explanation)
