"""What holds for every evaluation, whatever terms, amounts and histories."""

from fractions import Fraction
from itertools import pairwise
from uuid import UUID

from hypothesis import given
from hypothesis import strategies as st

from partners.domain.evaluation import History, Totals, evaluate
from partners.domain.evaluation.matching import full_months
from partners.domain.terms import RemainderPolicy
from partners.domain.terms.clauses import DeductionKind
from tests.domain.partners.evaluation.sales import paid, sale
from tests.domain.partners.terms.written import (
    HOST,
    NORTH,
    clause,
    commission,
    condition,
    flat,
    split,
    terms_of,
    tiered,
    to,
    when,
)

AMOUNTS = st.integers(-(10**9), 10**9)
PERCENT = st.integers(1, 100).map(lambda number: f"{number}%")
WHOLE_POLICIES = [policy.value for policy in RemainderPolicy if policy is not RemainderPolicy.SUSPENSE]


def _parties(count):
    return tuple(UUID(int=number + 1) for number in range(count))


@st.composite
def splits(draw):
    weights = draw(st.lists(st.integers(0, 50), min_size=2, max_size=5).filter(any))
    parties = _parties(len(weights))
    return parties, split(*((p, f"{w}/{sum(weights)}") for p, w in zip(parties, weights, strict=True)))


@st.composite
def waterfalls(draw):
    def level(depth):
        steps = []
        for _ in range(draw(st.integers(0, 2))):
            take = {"of": draw(st.sampled_from(["rest", "base"])), "share": f"{draw(st.integers(1, 33))}%"}
            if draw(st.booleans()):
                take["at_most"] = str(draw(st.integers(1, 500)))
            inner = {"steps": level(depth + 1)} if depth < 2 and draw(st.booleans()) else {"to": to(draw(who))}
            steps.append({"take": take, **inner})
        return [*steps, {"to": to(draw(who))}]

    who = st.sampled_from(_parties(3))
    return {"kind": "waterfall", "steps": level(0)}


@st.composite
def payments(draw):
    kind = draw(st.sampled_from(["commission", "flat", "tiered", "waterfall"]))
    if kind == "waterfall":
        return draw(waterfalls())
    if kind == "commission":
        return commission(draw(PERCENT))
    if kind == "flat":
        return flat(f"{draw(st.integers(1, 10**5))}.{draw(st.integers(0, 9999)):04d}")
    bound = str(draw(st.integers(1, 10**6)))
    mode = draw(st.sampled_from(["graduated", "volume"]))
    return tiered({"up_to": bound, "rate": draw(PERCENT)}, {"rate": draw(PERCENT)}, mode=mode)


@given(splits(), AMOUNTS, st.sampled_from(WHOLE_POLICIES))
def test_shares_sum_to_the_base_and_stay_within_one_unit(drawn, amount, policy):
    parties, pays = drawn
    terms = terms_of(clause(pays), parties=parties, rounding={"remainder": policy})
    found = paid(terms, sale(amount))
    assert sum(part.amount_minor for part in found.parts) == amount
    assert all(abs(part.amount_minor - part.exact) < 1 for part in found.parts)


@given(payments(), AMOUNTS, st.integers(1, 9), st.integers(0, 10**8), st.integers(0, 10**6))
def test_no_payment_loses_money(pays, amount, quantity, tax, before):
    terms = terms_of(
        clause(pays, deductions=[{"kind": "tax"}, {"kind": "platform_fee", "rate": "3%", "of": "rest"}]),
        parties=_parties(3),
    )
    facts = sale(amount, quantity=quantity if amount >= 0 else -quantity, reported={DeductionKind.TAX: tax})
    paid(terms, facts, History(windows={"sales": Totals(before, quantity, 1)}))


@given(payments(), st.integers(0, 10**9), st.integers(1, 9))
def test_a_refund_mirrors_its_sale(pays, amount, quantity):
    terms = terms_of(clause(pays), parties=_parties(3))
    there = paid(terms, sale(amount, quantity=quantity))
    back = paid(terms, sale(-amount, quantity=-quantity))
    assert [-part.amount_minor for part in there.parts] == [part.amount_minor for part in back.parts]


@given(payments(), st.lists(st.integers(-(10**6), 10**6), min_size=1, max_size=8))
def test_a_running_total_never_drifts(pays, amounts):
    """The parts of many conversions sum to the parts of their total, whatever came and went between."""
    if terms_of(clause(pays), parties=_parties(3)).clauses[0].pays.bounds_each_conversion:
        return
    terms = terms_of(clause(pays), parties=_parties(3), rounding={"accumulation": "running_total"})
    before, sums = Totals(), dict.fromkeys(_parties(3), 0)
    for amount in amounts:
        found = paid(terms, sale(amount, quantity=-1 if amount < 0 else 1), History(windows={"sales": before}))
        before = before.plus(found.counted["sales"])
        sums = {party: earned + found.amount_of(party) for party, earned in sums.items()}
    whole = evaluate(terms, sale(0, quantity=0), history=History(windows={"sales": before}), host=HOST)
    assert whole.amount_of(NORTH) == 0
    once = sale(before.amount_minor, quantity=before.quantity)
    if before.conversions == (-1 if before.is_negative else 1):
        assert sums == {party: paid(terms, once).amount_of(party) for party in sums}


@given(
    st.permutations(["general", "item", "partner", "kind", "country"]),
    AMOUNTS,
    st.sampled_from(["most_specific", "highest_earning"]),
)
def test_the_order_of_clauses_is_immaterial(order, amount, precedence):
    clauses = {
        "general": clause(commission("10%"), id="general"),
        "item": clause(commission("12%"), id="item", when=when(condition("item", "A"))),
        "kind": clause(commission("12%"), id="kind", when=when(condition("item_kind", "course"))),
        "partner": clause(flat("7", per="conversion"), id="partner", when=when(condition("partner", str(NORTH)))),
        "country": clause(commission("12%"), id="country", when=when(condition("country", "DE"))),
    }
    facts = sale(amount, item="A", item_kind="course", country="DE")

    def chosen(names):
        return paid(terms_of(*(clauses[name] for name in names), precedence=precedence), facts)

    first, shuffled = chosen(sorted(order)), chosen(order)
    assert first.clause_id == shuffled.clause_id
    assert first.parts == shuffled.parts


@given(st.lists(st.integers(1, 9), min_size=3, max_size=4), st.integers(0, 200))
def test_under_the_quota_method_no_share_shrinks(weights, amount):
    parties = _parties(len(weights))
    pays = split(*((p, f"{w}/{sum(weights)}") for p, w in zip(parties, weights, strict=True)))
    terms = terms_of(clause(pays), parties=parties, rounding={"remainder": "quota_method"})
    shares = [[paid(terms, sale(a)).amount_of(party) for party in parties] for a in (amount, amount + 1)]
    assert all(after >= before for before, after in zip(*shares, strict=True))


@given(st.lists(st.integers(-500, 1000), min_size=1, max_size=12), st.integers(1, 800))
def test_a_cap_holds_after_any_sales_and_refunds(amounts, limit):
    cap = {"id": "cap", "party": str(NORTH), "amount": f"{limit // 100}.{limit % 100:02d}", "window": "all"}
    terms = terms_of(clause(commission("100%")), caps=[cap])
    before, earned = 0, 0
    for amount in amounts:
        found = paid(terms, sale(amount), History(earned={"cap": before}))
        earned += found.amount_of(NORTH)
        before += found.uncapped["cap"]
        assert earned == min(before, limit)


@given(st.dates(), st.integers(0, 400))
def test_full_months_grow_by_one_at_a_time(begin, days):
    from datetime import timedelta

    if begin.year > 9990:
        return
    found = [full_months(begin, begin + timedelta(days=day)) for day in (days, days + 1)]
    assert all(later - earlier in {0, 1} for earlier, later in pairwise(found))
    assert found[0] >= 0
    assert Fraction(days, 31) - 1 < found[0] <= Fraction(days, 28)
