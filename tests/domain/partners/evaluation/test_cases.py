"""The acceptance cases of earning: A1 to A13, D1 to D7, S02 to S05, S27 to S29, S33, S34, S45, and pooled revenue."""

from datetime import UTC, datetime
from fractions import Fraction

import pytest

from partners.domain.evaluation import Facts, History, Totals, pooled_revenue
from partners.domain.evaluation.matching import chooses, compares
from partners.domain.terms.clauses import DeductionKind, EarnsOn
from partners.domain.terms.conditions import Comparison
from tests.domain.partners.evaluation.sales import AT, north_of, paid, sale
from tests.domain.partners.terms.written import (
    EAST,
    HOST,
    NORTH,
    SOUTH,
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


def two(rate: str = "2/5", **more):
    rest = str(1 - Fraction(rate))
    return terms_of(clause(split((HOST, rest), (NORTH, rate))), **more)


@pytest.mark.parametrize(
    ("case", "rate", "amount", "earned"),
    [("A1", "20%", 1000, 200), ("A2", "20%", 3, 1), ("A3", "10%", 15, 2), ("A4", "20%", 2, 0), ("A5", "2.9%", 500, 15)],
)
def test_a_percentage_for_one_is_rounded_half_up(case, rate, amount, earned):
    found = paid(terms_of(clause(commission(rate))), sale(amount))
    assert found.amount_of(NORTH) == earned
    assert found.amount_of(HOST) == amount - earned
    assert found.earns is (earned > 0)
    assert paid(terms_of(clause(commission(rate))), sale(-amount)).amount_of(NORTH) == -earned


def test_a6_a_flat_amount_counts_units_a_percentage_does_not():
    assert north_of(terms_of(clause(flat("5.00"))), 2000, quantity=2) == [1000]
    assert north_of(terms_of(clause(commission("20%"))), 1000, quantity=5) == [200]


def test_a7_nothing_is_earned_on_nothing():
    assert not paid(terms_of(clause(commission("20%"))), sale(0)).earns


def test_a8_clicks_by_country():
    base = clause(flat("0.20"), id="anywhere", earns_on="click")
    near = clause(
        flat("1.00"), id="near", earns_on="click", when=when({"field": "country", "value": ["US", "GB", "AU"]})
    )
    terms = terms_of(base, near)

    def clicks(country, quantity):
        facts = Facts(occurred_at=AT, earns_on=EarnsOn.CLICK, quantity=quantity, country=country, partner=NORTH)
        return paid(terms, facts).amount_of(NORTH)

    assert clicks("US", 3) + clicks("FR", 2) == 340


def test_a9_the_clause_that_pays_more_money_counts():
    premium = clause(commission("30%"), id="premium", when=when(condition("tag", "premium")))
    large = clause(commission("50%"), id="large", when=when(condition("amount", "150.00", "more_than")))
    terms = terms_of(premium, large, precedence="highest_earning")
    assert north_of(terms, 20000, tags=frozenset({"premium"})) == [10000]
    assert north_of(terms, 15000, tags=frozenset({"premium"})) == [4500]
    ten = clause(commission("10%"), id="percent")
    five = clause(flat("5.00", per="conversion"), id="flat")
    assert north_of(terms_of(five, ten, precedence="highest_earning"), 100000, 1000) == [10000, 500]


def test_a10_what_is_not_known_or_empty_never_matches():
    assert not compares(100, Comparison.MORE_THAN, 100)
    assert not chooses(["a"], "in", [])
    assert not chooses(["a"], "not_in", [])
    assert not chooses(["a"], "contains", [""])
    for comparison in ("in", "not_in", "contains"):
        assert not chooses([], comparison, ["a"])
        terms = terms_of(clause(commission("20%"), when=when(condition("country", "DE", comparison))))
        assert paid(terms, sale(1000)).clause_id is None


def test_a11_thirds_are_never_lost():
    parties = (HOST, NORTH, SOUTH)
    terms = terms_of(clause(split(*((party, "1/3") for party in parties))), parties=parties)
    found = paid(terms, sale(10001))
    assert [found.amount_of(party) for party in parties] == [3334, 3334, 3333]


def test_a12_the_order_of_deductions():
    steps = [
        {"take": {"of": "base", "share": "10%"}, "to": to(EAST)},
        {"take": {"share": "60%"}, "to": to(NORTH)},
        {"to": to(SOUTH)},
    ]
    joint = clause({"kind": "waterfall", "steps": steps}, deductions=[{"kind": "payment_fee"}, {"kind": "tax"}])
    terms = terms_of(joint, parties=(HOST, NORTH, SOUTH, EAST))
    reported = {DeductionKind.PAYMENT_FEE: 300, DeductionKind.TAX: 600}
    found = paid(terms, sale(10000, reported=reported))
    assert found.base_minor == 9100
    assert [found.amount_of(party) for party in (EAST, NORTH, SOUTH)] == [910, 4914, 3276]
    assert found.amount_of(HOST, "payment_fee") + found.amount_of(HOST, "tax") == 900


def test_a13_the_partners_rate_before_the_items_before_the_general_one():
    general = clause(commission("10%"), id="general")
    item = clause(commission("12%"), id="item", when=when(condition("item", "COURSE-7")))
    partner = clause(commission("15%"), id="partner", when=when(condition("partner", str(NORTH))))
    none = clause({"kind": "nothing", "payer": str(HOST)}, id="none", when=when(condition("item", "GIFT")))
    assert north_of(terms_of(general, item, partner), 10000, item="COURSE-7") == [1500]
    assert north_of(terms_of(item, general), 10000, item="COURSE-7") == [1200]
    assert north_of(terms_of(item, general), 10000, item="COURSE-8") == [1000]
    gift = paid(terms_of(general, none), sale(10000, item="GIFT"))
    assert (gift.amount_of(NORTH), gift.amount_of(HOST), gift.earns) == (0, 10000, False)


def test_d1_to_d4_how_long_a_person_counts():
    first = datetime(2025, 1, 31, 12, tzinfo=UTC)

    def later(day):
        return {"first_sale_at": first, "occurred_at": datetime(2026, 1, day, 12, tzinfo=UTC)}

    once = terms_of(clause(commission("20%"), recurring={"kind": "first_only"}))
    assert (north_of(once, 1000), north_of(once, 1000, **later(30))) == ([200], [0])
    year = terms_of(clause(commission("20%"), recurring={"kind": "months", "months": 12}))
    assert (north_of(year, 1000, **later(30)), north_of(year, 1000, **later(31))) == ([200], [0])
    new = clause(commission("30%"), id="new", when=when(condition("person", "new")))
    again = clause(commission("10%"), id="again", when=when(condition("person", "returning")))
    assert north_of(year, 1000, **later(30), acquired_elsewhere=frozenset({"sales"})) == [0]
    assert north_of(year, 1000, **later(30), acquired_elsewhere=frozenset({"other"})) == [200]
    rates = terms_of(new, again)
    assert [north_of(rates, 1000, person=person) for person in ("new", "returning")] == [[300], [100]]


def test_d6_and_d7_a_cap_counts_the_net():
    cap = {"id": "month", "party": str(NORTH), "amount": "10.00", "window": "month", "per": "person"}
    terms = terms_of(clause(commission("100%")), caps=[cap])
    before, earned = 0, []
    for amount in (700, 600, 500):
        found = paid(terms, sale(amount), History(earned={"month": before}))
        earned.append(found.amount_of(NORTH))
        before += found.uncapped["month"]
    assert earned == [700, 300, 0]
    back = paid(terms, sale(-700), History(earned={"month": 700}))
    assert (back.amount_of(NORTH), back.uncapped) == (-700, {"month": -700})
    assert paid(terms, sale(600), History(earned={"month": 0})).amount_of(NORTH) == 600
    assert paid(terms, sale(600), History(earned={"month": 700})).explanation.find("cap")


def test_d10_what_exceeds_a_cap_may_wait_for_approval():
    cap = {"id": "all", "party": str(NORTH), "amount": "5", "window": "all", "excess": "waits_for_approval"}
    found = paid(terms_of(clause(commission("100%")), caps=[cap]), sale(800))
    assert (found.amount_of(NORTH), [part.amount_minor for part in found.waiting]) == (500, [300])


def test_s02_to_s05_shares_of_small_amounts():
    assert north_of(two(), 999) == [400]
    assert north_of(two(rounding={"remainder": "first_in_order"}), 999) == [399]
    tiny = paid(two(), sale(1))
    assert [part.amount_minor for part in tiny.parts] == [1, 0]
    parties = (HOST, NORTH, SOUTH)
    equal = terms_of(clause(split(*((party, "1/3") for party in parties))), parties=parties)
    assert [paid(equal, sale(1)).amount_of(party) for party in parties] == [1, 0, 0]
    four = (HOST, NORTH, SOUTH, EAST)
    quarters = terms_of(clause(split(*((party, "1/4") for party in four))), parties=four)
    assert [paid(quarters, sale(2)).amount_of(party) for party in four] == [1, 1, 0, 0]
    nothing = terms_of(clause(split((HOST, "0"), (NORTH, "1/2"), (SOUTH, "1/2"))), parties=parties)
    assert [paid(nothing, sale(1003)).amount_of(party) for party in parties] == [0, 502, 501]


STEPS = ({"up_to": "1000.00", "rate": "30%"}, {"rate": "40%"})


@pytest.mark.parametrize(
    ("mode", "amount", "earned"),
    [
        ("graduated", 150000, 50000),
        ("volume", 150000, 60000),
        ("graduated", 100000, 30000),
        ("volume", 100000, 30000),
        ("graduated", 100001, 30000),
    ],
)
def test_s27_tiers(mode, amount, earned):
    terms = terms_of(clause(tiered(*STEPS, mode=mode)))
    assert north_of(terms, amount) == [earned]
    half = amount // 2
    first = paid(terms, sale(half))
    second = paid(terms, sale(amount - half), History(windows={"sales": Totals(half, 1, 1)}))
    assert first.amount_of(NORTH) + second.amount_of(NORTH) == earned


def test_s28_a_refund_takes_back_what_it_had_added():
    terms = terms_of(clause(tiered(*STEPS)))
    back = paid(terms, sale(-60000), History(windows={"sales": Totals(150000, 1, 1)}))
    assert back.amount_of(NORTH) == -23000


def test_s29_a_cap_of_a_month():
    cap = {"id": "month", "party": str(NORTH), "amount": "500.00", "window": "month"}
    terms = terms_of(clause(split((HOST, "1/2"), (NORTH, "1/2"))), caps=[cap])
    before, earned, host = 0, [], []
    for amount in (40000, 40000, 40000):
        found = paid(terms, sale(amount), History(earned={"month": before}))
        earned.append(found.amount_of(NORTH))
        host.append(found.amount_of(HOST))
        before += found.uncapped["month"]
    assert (earned, host) == ([20000, 20000, 10000], [20000, 20000, 30000])
    back = paid(terms, sale(-40000), History(earned={"month": before}))
    assert back.amount_of(NORTH) == -10000


def test_s33_fractions_of_a_cent_settle_without_loss():
    terms = terms_of(clause(flat("0.0125", per="conversion"), id="clicks", earns_on="click"))

    def after(clicks):
        before, earned = Totals(), 0
        for _ in range(clicks):
            facts = Facts(occurred_at=AT, earns_on=EarnsOn.CLICK, partner=NORTH)
            found = paid(terms, facts, History(windows={"clicks": before}))
            earned += found.amount_of(NORTH)
            before = before.plus(found.counted["clicks"])
        return earned

    assert (after(3), after(80)) == (4, 100)


def test_s34_running_totals_do_not_drift():
    running = two(rounding={"accumulation": "running_total"})
    before, shares = Totals(), [0, 0]
    for _ in range(100):
        found = paid(running, sale(1), History(windows={"sales": before}))
        shares = [shares[0] + found.amount_of(HOST), shares[1] + found.amount_of(NORTH)]
        before = before.plus(found.counted["sales"])
    assert shares == [60, 40]
    assert sum(north_of(two(), *[1] * 100)) == 0


def test_s45_nested_splits():
    inner = [
        {"take": {"share": "5%", "at_most": "10.00"}, "to": to(HOST, "cashback")},
        {"to": to(HOST, "revenue")},
    ]
    steps = [
        {
            "take": {"of": "base", "share": "15%"},
            "steps": [{"take": {"share": "20%"}, "to": to(HOST, "tax")}, {"steps": inner}],
        },
        {"to": to(NORTH, "merchant")},
    ]
    terms = terms_of(clause({"kind": "waterfall", "steps": steps}))
    found = paid(terms, sale(10000))
    assert [found.amount_of(HOST, purpose) for purpose in ("tax", "cashback", "revenue")] == [300, 60, 1140]
    assert found.amount_of(NORTH, "merchant") == 8500
    large = paid(terms, sale(10_000_00 * 10))
    assert large.amount_of(HOST, "cashback") == 1000


def test_pooled_revenue_of_host_and_partner():
    weights = {HOST: Fraction(3, 5), NORTH: Fraction(2, 5)}
    assert pooled_revenue(weights, {HOST: 100000, NORTH: 200000}) == 140000


def test_a_bonus_comes_on_top_and_the_host_pays_it():
    welcome = clause(flat("5.00", per="conversion"), id="welcome", is_bonus=True, when=when(condition("person", "new")))
    terms = terms_of(clause(commission("20%")), welcome)
    assert north_of(terms, 1000, person="new") == [700]
    assert north_of(terms, 1000, person="returning") == [200]
    assert north_of(terms, -1000, person="new", quantity=-1) == [-700]


def test_outside_its_territory_nothing_is_earned():
    only = terms_of(territory={"rule": "only", "countries": ["DE"]})
    assert [paid(only, sale(100, country=country)).earns for country in ("DE", "FR", None)] == [True, False, False]
    but = terms_of(territory={"rule": "except", "countries": ["US"]})
    assert [paid(but, sale(100, country=country)).earns for country in ("DE", "US", None)] == [True, False, True]


def test_minimum_and_maximum_of_a_commission():
    terms = terms_of(clause(commission("10%", minimum="1", maximum="50")))
    assert north_of(terms, 500, 5000, 100000, -500) == [100, 500, 5000, -100]


def test_quantity_tiers_pay_each_unit():
    steps = ({"up_to": "10", "amount": "1.00"}, {"amount": "2.00"})
    terms = terms_of(clause(tiered(*steps, measure="quantity"), id="leads", earns_on="lead"))
    facts = Facts(occurred_at=AT, earns_on=EarnsOn.LEAD, quantity=12, partner=NORTH)
    assert paid(terms, facts).amount_of(NORTH) == 1400


def test_the_explanation_reads_like_a_receipt():
    partner = clause(commission("15%"), id="partner", when=when(condition("partner", str(NORTH))))
    general = clause(commission("10%"), id="general", deductions=[{"kind": "platform_fee", "rate": "3%"}])
    told = paid(terms_of(general, partner), sale(9999)).explanation.to_json()
    assert told == {
        "step": "conversion",
        "amount_minor": 9999,
        "currency": "EUR",
        "precedence": "most_specific",
        "because": [
            {
                "step": "clause",
                "clause": "partner",
                "base_minor": 9999,
                "because": [
                    {
                        "step": "commission",
                        "rate": "3/20",
                        "party": str(NORTH),
                        "purpose": "share",
                        "exact": "29997/20",
                        "amount_minor": 1500,
                        "base_minor": 9999,
                    }
                ],
            },
            {"step": "passed_over", "clause": "general", "earned_minor": 970},
        ],
    }


def test_a_running_total_keeps_every_part_of_a_receiver_that_is_named_twice():
    steps = [{"take": {"share": "1%"}, "to": to(HOST)}, {"to": to(HOST)}]
    terms = terms_of(clause({"kind": "waterfall", "steps": steps}), rounding={"accumulation": "running_total"})
    history = History(windows={"sales": Totals(amount_minor=150, quantity=1, conversions=1)})
    assert paid(terms, sale(50), history).amount_of(HOST) == 50
    assert paid(terms, sale(0), history).amount_of(HOST) == 0
