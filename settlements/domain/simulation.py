"""What terms would have brought in months that are past, beside what was settled. Pure; minor units of the terms' currency."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Any
from uuid import UUID

from partners.domain.evaluation.parts import round_earned
from partners.domain.terms import Terms
from partners.domain.terms.clauses import EarnsOn
from partners.domain.terms.exact import minor_units
from partners.domain.terms.payments import Flat
from settlements.domain.closing import missing_guarantee
from settlements.domain.spans import Span

Earned = defaultdict[tuple[UUID, date], int]  # by party and business day


@dataclass(frozen=True, slots=True)
class PartyMonth:
    """One party in one month (`2026-11`): what it got, and what it would have got."""

    party: UUID
    month: str
    settled_minor: int
    simulated_minor: int

    @property
    def difference_minor(self) -> int:
        """More (or less) under the simulated terms."""
        return self.simulated_minor - self.settled_minor


@dataclass(slots=True)
class CapHits:
    """How often caps held something back, and how much of it; `waiting_minor` of that would wait for approval."""

    count: int = 0
    held_back_minor: int = 0
    waiting_minor: int = 0

    def count_on(self, explanation: Mapping[str, Any]) -> None:
        """Add what one explanation tells."""
        for step in _steps(explanation.get("evaluation", {})):
            if step.get("step") == "cap":
                over = int(step["earned_minor"]) - int(step["allowed_minor"])
                self.count += over > 0
                self.held_back_minor += over
                self.waiting_minor += over if step.get("excess") == "waits_for_approval" else 0


def _steps(node: Mapping[str, Any]) -> Iterable[Mapping[str, Any]]:
    yield node
    for inner in node.get("because", ()):
        yield from _steps(inner)


@dataclass(frozen=True, slots=True)
class TermsSimulation:
    """The outcome. `replayed` of the `conversions` of these days earned under the simulated terms.

    `unassigned_minor` is money of conversions that nobody would get. Guarantees are what they would have cost, and did.
    `left_out` names what of the terms time alone decides, or what was not there to replay.
    """

    currency: str
    since: date
    until: date
    months: tuple[str, ...]
    conversions: int
    replayed: int
    rows: tuple[PartyMonth, ...]
    caps: CapHits
    guarantees_settled_minor: int
    guarantees_minor: int
    unassigned_minor: int
    left_out: tuple[str, ...] = ()

    @property
    def totals(self) -> tuple[PartyMonth, ...]:
        """The rows of each party together, in their order."""
        settled: dict[UUID, int] = {}
        simulated: dict[UUID, int] = {}
        for row in self.rows:
            settled[row.party] = settled.get(row.party, 0) + row.settled_minor
            simulated[row.party] = simulated.get(row.party, 0) + row.simulated_minor
        return tuple(PartyMonth(party, "", amount, simulated[party]) for party, amount in settled.items())


@dataclass(slots=True)
class Brought:
    """What fixed amounts and guarantees of the simulated terms bring, by party and first day of the period."""

    amounts: Earned = field(default_factory=lambda: defaultdict(int))
    guarantees_minor: int = 0


def brought_by_periods(terms: Terms, earned: Mapping[tuple[UUID, date], int], since: date, until: date) -> Brought:
    """Fixed amounts and missing guarantees of every whole period of the schedule from `since` to before `until`.

    A guarantee is for the period of the orders: `earned` has refunds on the days of their orders.
    """
    found = Brought()
    for span in _spans(terms, since, until):
        of_span: defaultdict[UUID, int] = defaultdict(int)
        for (party, day), amount in earned.items():
            if span.holds(day):
                of_span[party] += amount
        for party, payer, amount in _fixed(terms):
            _move(found.amounts, span, party, payer, amount)
            of_span[party] += amount
            of_span[payer] -= amount
        for guarantee in terms.guarantees:
            guaranteed = int(minor_units(guarantee.amount, terms.currency))
            missing = missing_guarantee(guaranteed, of_span[guarantee.party], 0)
            _move(found.amounts, span, guarantee.party, guarantee.borne_by, missing)
            found.guarantees_minor += missing
    return found


def _spans(terms: Terms, since: date, until: date) -> Iterable[Span]:
    day = since
    while day < until:
        span = Span.holding(day, terms.time_zone, terms.periods)
        if span.starts_on >= since and span.ends_on <= until:
            yield span
        day = span.ends_on


def _fixed(terms: Terms) -> Iterable[tuple[UUID, UUID, int]]:
    for clause in terms.clauses:
        if clause.earns_on is EarnsOn.FLAT_FEE and isinstance(clause.pays, Flat):
            exact = minor_units(clause.pays.amount, terms.currency)
            yield clause.pays.party, clause.pays.payer, round_earned(exact, terms.rounding)


def _move(amounts: Earned, span: Span, party: UUID, payer: UUID, amount: int) -> None:
    amounts[party, span.starts_on] += amount
    amounts[payer, span.starts_on] -= amount


def by_month(
    settled: Mapping[tuple[UUID, date], int],
    simulated: Mapping[tuple[UUID, date], int],
    parties: Iterable[UUID],
    months: Iterable[str],
) -> tuple[PartyMonth, ...]:
    """One row for each party and month, also where nothing was earned."""
    sums: defaultdict[tuple[UUID, str], list[int]] = defaultdict(lambda: [0, 0])
    for place, amounts in enumerate((settled, simulated)):
        for (party, day), amount in amounts.items():
            sums[party, f"{day:%Y-%m}"][place] += amount
    listed = list(months)
    return tuple(PartyMonth(party, month, *sums[party, month]) for party in parties for month in listed)
