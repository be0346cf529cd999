"""Any valid terms, for properties."""

from typing import Any

from hypothesis import strategies as st

from partners.domain.terms import Terms
from tests.domain.partners.terms.written import HOST, NORTH, SOUTH, clause, written

Json = dict[str, Any]
PARTIES = (HOST, NORTH, SOUTH)
texts = st.text(st.characters(codec="utf-8", categories=["L", "N", "P", "S"]), min_size=1, max_size=12)
slugs = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,8}", fullmatch=True)
amounts = st.decimals("0.01", "99999", places=2).map(str)
rates = st.fractions(min_value=0, max_value=1).filter(lambda x: 0 < x <= 1 and x.denominator < 10**9).map(str)
parties = st.sampled_from([str(party) for party in PARTIES])
pairs = st.permutations([str(party) for party in PARTIES]).map(lambda order: order[:2])


@st.composite
def splits(draw: st.DrawFn) -> Json:
    weights = draw(st.lists(st.integers(1, 99), min_size=1, max_size=3))
    shares = [
        {"party": str(party), "share": f"{weight}/{sum(weights)}", "purpose": draw(slugs)}
        for party, weight in zip(PARTIES, weights, strict=False)
    ]
    return {"kind": "split", "shares": shares}


@st.composite
def earnings(draw: st.DrawFn) -> Json:
    party, payer = draw(pairs)
    two = {"party": party, "payer": payer, "purpose": draw(slugs)}
    kind = draw(st.sampled_from(["commission", "flat", "tiered"]))
    if kind == "commission":
        low, high = sorted([draw(amounts), draw(amounts)], key=float)
        return {**two, "kind": kind, "rate": draw(rates), "minimum": low, "maximum": high}
    if kind == "flat":
        return {**two, "kind": kind, "amount": draw(amounts), "per": draw(st.sampled_from(["conversion", "unit"]))}
    bounds = sorted(draw(st.sets(st.integers(1, 10**6), max_size=4)))
    tiers = [{"up_to": str(bound), "rate": draw(rates)} for bound in bounds]
    return {
        **two,
        "kind": kind,
        "mode": draw(st.sampled_from(["graduated", "volume"])),
        "window": draw(st.sampled_from(["month", "quarter", "year", "agreement"])),
        "tiers": [*tiers, {"rate": draw(rates)}],
    }


def _step(take: Json, inner: Json) -> Json:
    return {**inner, "take": take} if take else inner


receivers = st.builds(lambda party, purpose: {"to": {"party": party, "purpose": purpose}}, parties, slugs)
takes = st.one_of(
    st.builds(lambda share: {"share": share, "of": "rest"}, rates),
    st.builds(lambda share, limit: {"share": share, "at_most": limit}, rates, amounts),
    st.builds(lambda amount: {"amount": amount}, amounts),
)
step_lists = st.recursive(
    st.builds(lambda last: [last], receivers),
    lambda inner: st.builds(
        lambda steps, last: [*steps, last],
        st.lists(st.builds(_step, takes, st.one_of(receivers, inner.map(lambda steps: {"steps": steps}))), max_size=2),
        st.one_of(receivers, inner.map(lambda steps: {"steps": steps})),
    ),
    max_leaves=6,
)


def _depth(steps: list[Json]) -> int:
    return 1 + max((_depth(step.get("steps", [])) for step in steps if step.get("steps")), default=0)


waterfalls = step_lists.filter(lambda steps: _depth(steps) <= 5).map(
    lambda steps: {"kind": "waterfall", "steps": steps}
)
choices = st.builds(
    lambda name, how, values: {"field": name, "is": how, "value": sorted(values)},
    st.sampled_from(["item_kind", "item", "category", "tag", "partner", "coupon", "placement"]),
    st.sampled_from(["in", "not_in", "contains"]),
    st.sets(texts, min_size=1, max_size=3),
)
conditions = st.one_of(
    choices,
    st.builds(lambda amount: {"field": "amount", "is": "more_than", "value": amount}, amounts),
    st.builds(lambda count: {"field": "quantity", "is": "at_most", "value": count}, st.integers(1, 99)),
    st.builds(lambda day: {"field": "date", "is": "from", "value": day.isoformat()}, st.dates()),
    st.just({"field": "person", "is": "in", "value": ["new"]}),
    st.just({"field": "country", "is": "not_in", "value": ["DE", "CN"]}),
)
recurrences = st.one_of(
    st.just({"kind": "lifetime"}),
    st.just({"kind": "lifetime", "persons": "own"}),
    st.builds(lambda months: {"kind": "months", "months": months}, st.integers(1, 600)),
    st.builds(lambda months: {"kind": "months", "months": months, "persons": "any"}, st.integers(1, 600)),
)
deductions = st.one_of(
    st.builds(lambda rate, kept: {"kind": "other", "rate": rate, "of": "rest", "kept_by": kept}, rates, parties),
    st.builds(lambda amount: {"kind": "shipping", "amount": amount}, amounts),
)


@st.composite
def clauses(draw: st.DrawFn, number: int) -> Json:
    groups = draw(st.lists(st.lists(conditions, min_size=1, max_size=2, unique_by=lambda c: c["field"]), max_size=2))
    return clause(
        draw(st.one_of(splits(), earnings(), waterfalls)),
        id=f"{draw(slugs)}-{number}",
        name=draw(st.none() | texts),
        when=[{"all_of": group} for group in groups],
        deductions=[{"kind": "tax"}, *draw(st.lists(deductions, max_size=2))],
        recurring=draw(recurrences),
    )


@st.composite
def all_terms(draw: st.DrawFn) -> Terms:
    """Terms with a few clauses and some of everything else."""
    some = [draw(clauses(number)) for number in range(draw(st.integers(1, 3)))]
    giver, receiver = draw(pairs)
    more: Json = {
        "precedence": draw(st.sampled_from(["most_specific", "highest_earning"])),
        "hold": {"days": draw(st.integers(0, 730))},
        "caps": [{"id": "c", "party": giver, "amount": draw(amounts), "window": draw(st.sampled_from(["day", "all"]))}],
        "guarantees": [{"party": giver, "amount": draw(amounts), "borne_by": receiver}],
        "reserve": {"share": draw(rates), "days": draw(st.integers(1, 730))},
        "payouts": [{"threshold": draw(amounts), "day": draw(st.none() | st.integers(1, 31))}],
        "exclusivity": [{"party": giver, "categories": sorted(draw(st.sets(texts, min_size=1, max_size=2)))}],
        "data_sharing": [
            {
                "giver": giver,
                "receiver": receiver,
                "scope": draw(
                    st.lists(st.sampled_from(["aggregates", "ratings"]), min_size=1, max_size=2, unique=True)
                ),
                "purposes": ["settlement"],
                "retention_days": draw(st.integers(1, 3650)),
            }
        ],
    }
    return Terms.from_json(written(*some, parties=PARTIES, **more))
