"""Conversions as facts, with short names."""

from datetime import UTC, datetime
from typing import Any

from partners.domain.evaluation import Evaluation, Facts, History, evaluate
from partners.domain.terms import Terms
from tests.domain.partners.terms.written import HOST, NORTH

AT = datetime(2026, 3, 2, 9, 30, tzinfo=UTC)


def sale(amount_minor: int, **more: Any) -> Facts:
    return Facts(**{"occurred_at": AT, "amount_minor": amount_minor, "partner": NORTH, **more})


def paid(terms: Terms, facts: Facts, history: History | None = None) -> Evaluation:
    """The evaluation, after it has been seen to lose nothing."""
    found = evaluate(terms, facts, history=history, host=HOST)
    assert sum(part.amount_minor for part in found.parts) + found.unassigned_minor == facts.amount_minor
    return found


def north_of(terms: Terms, *amounts: int, **more: Any) -> list[int]:
    """What north earns on sales of these amounts, each by itself."""
    return [paid(terms, sale(amount, **more)).amount_of(NORTH) for amount in amounts]
