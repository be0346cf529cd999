"""What must be read before some terms can be evaluated; most need nothing but the amount."""

from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Final

from partners.domain.evaluation.evaluate import accumulates
from partners.domain.evaluation.parts import Frame
from partners.domain.terms import Clause, Terms

_CATALOGUE: Final = frozenset({"item_kind", "category", "tag"})
_ITEM_FIELDS: Final = _CATALOGUE | {"item"}
_FACTS: Final = {"category": "categories", "tag": "tags"}
_CIRCUMSTANCES: Final = frozenset({"country", "coupon", "placement", "person"})


@dataclass(frozen=True, slots=True)
class Needs:
    """`items`: evaluate each item of an order by itself. `circumstances`: country, coupon, taxes and the like.

    `catalogue`: what the host's catalogue says of them. `totals`: clauses that pay by what came before. `persons`: how often a
    person bought. `asked`: the facts that decide anything, which every party may see with what they decided.
    """

    items: bool
    catalogue: bool
    circumstances: bool
    totals: bool
    persons: bool
    asked: frozenset[str] = frozenset()

    @property
    def history(self) -> bool:
        """Whether conversions of one agreement must be evaluated one after the other."""
        return self.totals or self.persons


def needs_of(terms: Terms) -> Needs:
    """What the terms ask for."""
    asked = {condition.field for clause in terms.clauses for group in clause.when for condition in group.all_of}
    persons = (
        "person" in asked
        or any(clause.asks_for_person for clause in terms.clauses)
        or any(cap.per == "person" for cap in terms.caps)
    )
    return Needs(
        items=bool(asked & _ITEM_FIELDS),
        catalogue=bool(asked & _CATALOGUE),
        circumstances=bool(asked & _CIRCUMSTANCES)
        or persons
        or terms.territory is not None
        or any(deduction.is_reported for clause in terms.clauses for deduction in clause.deductions),
        totals=bool(terms.caps) or any(is_accumulating(clause, terms) for clause in terms.clauses),
        persons=persons,
        asked=_asked(terms, asked, persons=persons),
    )


def _asked(terms: Terms, conditions: AbstractSet[str], *, persons: bool) -> frozenset[str]:
    """The names of the facts that these terms ask for, as `Sold` has them."""
    named = {_FACTS.get(name, name) for name in conditions} - {"amount", "quantity", "date"}
    if persons:
        named |= {"person", "first_sale_at"}
    if any(clause.is_for_its_own for clause in terms.clauses):
        named.add("acquired_elsewhere")
    if terms.territory is not None:
        named.add("country")
    if any(deduction.is_reported for clause in terms.clauses for deduction in clause.deductions):
        named.add("reported")
    return frozenset(named | {"partner"})


def is_accumulating(clause: Clause, terms: Terms) -> bool:
    """Whether what a clause pays depends on what came before it."""
    return accumulates(clause, Frame(terms.currency, terms.rounding))
