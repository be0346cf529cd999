"""Which of the clauses that apply counts. The order in which they are written decides only where the terms say so."""

from collections.abc import Sequence
from typing import Protocol, TypeVar
from uuid import UUID

from partners.domain.terms.clauses import Clause
from partners.domain.terms.conditions import ChoiceCondition
from partners.domain.terms.terms import Precedence


class Candidate(Protocol):
    """A clause with what it would earn."""

    @property
    def clause(self) -> Clause:
        """The clause."""

    def earned_by(self, partner: UUID | None) -> int:
        """What the partner would earn, in minor units: a percentage and a fixed amount compare as money."""


C = TypeVar("C", bound=Candidate)


def choose(candidates: Sequence[C], precedence: Precedence, partner: UUID | None) -> C:
    """The one that counts; between equals the one that earns the partner more, then the one whose id sorts first."""
    if precedence == "first_match":
        return candidates[0]

    def order(candidate: C) -> tuple[tuple[int, ...], int, str]:
        level = specificity(candidate.clause) if precedence == "most_specific" else ()
        return tuple(-rank for rank in level), -abs(candidate.earned_by(partner)), candidate.clause.id

    return min(candidates, key=order)


def specificity(clause: Clause) -> tuple[int, ...]:
    """How narrow a clause is: a partner's own before an item's, that before a kind's or category's, then the rest."""
    named = {
        condition.field
        for group in clause.when
        for condition in group.all_of
        if isinstance(condition, ChoiceCondition) and condition.is_ == "in"
    }
    narrowest = max((len(group.all_of) for group in clause.when), default=0)
    return (
        int("partner" in named),
        int("item" in named),
        int(bool(named & {"item_kind", "category", "tag"})),
        narrowest,
    )
