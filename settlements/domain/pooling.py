"""Pooled revenue: R = α·R_host + β·R_partner, shared by a clause. Pure; minor units."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from fractions import Fraction
from uuid import UUID

from alliance.kernel.money import half_up
from alliance.kernel.money.allocation import Splitter
from partners.domain.evaluation import Facts, evaluate, pooled_revenue
from partners.domain.terms import Clause, Terms
from partners.domain.terms.clauses import EarnsOn
from partners.domain.terms.payments import Nothing, Split, Waterfall


@dataclass(frozen=True, slots=True)
class Transfer:
    """So much to one party from another; less than nothing the other way."""

    party: UUID
    counterparty: UUID
    amount_minor: int


@dataclass(frozen=True, slots=True)
class Pooled:
    """What was pooled, and what moves for it."""

    revenue_minor: int
    transfers: tuple[Transfer, ...]


def pool_clauses(terms: Terms) -> tuple[Clause, ...]:
    """The clauses that pool revenue."""
    return tuple(clause for clause in terms.clauses if clause.earns_on is EarnsOn.POOLED_REVENUE)


def pool(terms: Terms, clause: Clause, revenues_minor: Mapping[UUID, int], *, host: UUID, at: datetime) -> Pooled:
    """Share what the parties put in, each by its weight.

    Everybody holds its own revenue, so where the pool itself is shared (split, waterfall) a party gets its part less
    what it put in, through the host; where one party earns on it, its payer gives that. The sums are exact: what was
    put in adds up to the pool, by the largest remainders.
    """
    weights = {contribution.party: contribution.weight for contribution in clause.pool}
    exact = pooled_revenue(weights, revenues_minor)
    revenue = half_up(exact)
    alone = clause.model_copy(update={"earns_on": EarnsOn.SALE, "pool": (), "when": ()})
    found = evaluate(
        terms.model_copy(update={"clauses": (alone,), "territory": None}),
        Facts(occurred_at=at, amount_minor=revenue, quantity=1),
        host=host,
    )
    if isinstance(clause.pays, Nothing):
        return Pooled(revenue, ())
    if not isinstance(clause.pays, Split | Waterfall):
        payer = clause.pays.payer
        earned = sum(part.amount_minor for part in found.parts if not part.is_rest)
        return Pooled(revenue, (Transfer(clause.pays.party, payer, earned),))
    nets: defaultdict[UUID, int] = defaultdict(int)
    for part in found.parts:
        nets[part.party] += part.amount_minor
    for party, amount in _put_in(weights, revenues_minor, exact, revenue).items():
        nets[party] -= amount
    transfers = (Transfer(party, host, nets[party]) for party in terms.parties if party != host and nets.get(party))
    return Pooled(revenue, tuple(transfers))


def _put_in(
    weights: Mapping[UUID, Fraction], revenues_minor: Mapping[UUID, int], exact: Fraction, revenue: int
) -> dict[UUID, int]:
    if not exact:
        return {}
    parties = list(weights)
    ratios = [weights[party] * revenues_minor.get(party, 0) / exact for party in parties]
    return dict(zip(parties, Splitter(ratios).split(revenue).parts, strict=True))
