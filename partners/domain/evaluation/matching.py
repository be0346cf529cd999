"""Whether a clause applies to a conversion. What is not known never matches, not even a negated condition."""

from collections.abc import Collection
from dataclasses import replace
from datetime import date, datetime
from typing import Final

from alliance.kernel.clock import local_date
from partners.domain.evaluation.facts import Facts
from partners.domain.terms.clauses import Clause, EarnsOn, FirstOnly, ForMonths
from partners.domain.terms.conditions import (
    AmountCondition,
    ChoiceCondition,
    Comparison,
    Condition,
    DateCondition,
    Group,
)
from partners.domain.terms.exact import minor_units
from partners.domain.terms.terms import Terms

ITEM_FIELDS: Final = frozenset({"item", "item_kind", "category", "tag", "partner"})


def is_in_territory(terms: Terms, country: str | None) -> bool:
    """Whether the terms hold in a country; an unknown one is not among those that are named."""
    if terms.territory is None:
        return True
    return (country in terms.territory.countries) is (terms.territory.rule == "only")


def applies(clause: Clause, facts: Facts, terms: Terms) -> bool:
    """Whether the clause earns on this conversion: its kind, one of its groups, and how often a person counts."""
    return (
        clause.earns_on is facts.earns_on
        and (not clause.when or any(_holds(group, facts, terms) for group in clause.when))
        and _is_recurring(clause, facts, terms)
        and clause.id not in facts.acquired_elsewhere
    )


def applies_but_for_the_person(clause: Clause, facts: Facts, terms: Terms) -> bool:
    """Whether the clause would apply, had it been in force at the person's first sale."""
    if clause.id not in facts.acquired_elsewhere:
        return False
    return applies(clause, replace(facts, acquired_elsewhere=frozenset()), terms)


def could_cover(terms: Terms, facts: Facts) -> bool:
    """Whether some clause could earn on a sale of this item by this partner, whatever else will be known of it."""
    return any(
        not clause.when or any(_holds(group, facts, terms, only=ITEM_FIELDS) for group in clause.when)
        for clause in terms.clauses
        if clause.earns_on is EarnsOn.SALE and not clause.is_bonus
    )


def compares(value: int, comparison: Comparison, bound: int) -> bool:
    """`more_than` 100 is not met by 100; `at_least` is."""
    match comparison:
        case Comparison.MORE_THAN:
            return value > bound
        case Comparison.AT_LEAST:
            return value >= bound
        case Comparison.LESS_THAN:
            return value < bound
        case Comparison.AT_MOST:
            return value <= bound


def chooses(known: Collection[str], comparison: str, wanted: Collection[str]) -> bool:
    """Whether what is known is among the wanted, or none of it is, or one contains one. Nothing known: never."""
    if not known:
        return False
    if comparison == "contains":
        return any(part and part in text for part in wanted for text in known)
    return bool(set(known) & set(wanted)) is (comparison == "in") if wanted else False


def full_months(begin: date, end: date) -> int:
    """Whole months from `begin` to `end`; the 31st has its anniversary on the last day of a shorter month."""
    months = (end.year - begin.year) * 12 + end.month - begin.month
    return months if _anniversary(begin, end) <= end else months - 1


def _anniversary(begin: date, end: date) -> date:
    """The day in the month of `end` on which whole months since `begin` are full."""
    for day in range(begin.day, 0, -1):
        try:
            return end.replace(day=day)
        except ValueError:  # a shorter month
            continue
    return end


def _holds(group: Group, facts: Facts, terms: Terms, *, only: Collection[str] | None = None) -> bool:
    return all(
        _condition_holds(condition, facts, terms)
        for condition in group.all_of
        if only is None or condition.field in only
    )


def _condition_holds(condition: Condition, facts: Facts, terms: Terms) -> bool:
    if isinstance(condition, ChoiceCondition):
        return chooses(_known(condition.field, facts), condition.is_, condition.value)
    if isinstance(condition, DateCondition):
        day = local_date(facts.occurred_at, terms.time_zone)
        return (day >= condition.value) is (condition.is_ == "from")
    if isinstance(condition, AmountCondition):
        # Compared in exact minor units: a bound finer than a cent is none a whole amount could hit by rounding.
        bound = minor_units(condition.value, terms.currency)
        scale = bound.denominator
        return compares(abs(facts.amount_minor) * scale, condition.is_, bound.numerator)
    return compares(facts.quantity, condition.is_, condition.value)


def _known(name: str, facts: Facts) -> Collection[str]:
    if name == "category":
        return facts.categories
    if name == "tag":
        return facts.tags
    value = facts.partner if name == "partner" else getattr(facts, name)
    return () if value is None else (str(value),)


def _is_recurring(clause: Clause, facts: Facts, terms: Terms) -> bool:
    match clause.recurring:
        case FirstOnly():
            return facts.first_sale_at is None
        case ForMonths(months=months):
            return facts.first_sale_at is None or _months_since(facts.first_sale_at, facts, terms) < months
    return True


def _months_since(first: datetime, facts: Facts, terms: Terms) -> int:
    zone = terms.time_zone
    return full_months(local_date(first, zone), local_date(facts.occurred_at, zone))
