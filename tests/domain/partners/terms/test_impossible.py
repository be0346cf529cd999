"""Impossible terms are refused, and each refusal names its field and its reason."""

import pytest

from partners.domain.terms import Terms, TermsError
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
    written,
)

EVEN = split((HOST, "1/2"), (NORTH, "1/2"))
REST = {"to": to(HOST)}


def nested(levels):
    """Steps within steps, so many levels of them."""
    return [REST] if levels == 1 else [{"steps": nested(levels - 1)}]


def problems(given):
    with pytest.raises(TermsError) as caught:
        Terms.from_json(given)
    return {(problem.field, problem.code) for problem in caught.value.problems}


FLOW = {
    "giver": str(HOST),
    "receiver": str(NORTH),
    "scope": ["aggregates"],
    "purposes": ["settlement"],
    "retention_days": 30,
}
GUARANTEE = {"party": str(NORTH), "amount": "250", "borne_by": str(HOST)}
ADVANCE = {"id": "launch", "party": str(NORTH), "amount": "20000", "paid_by": str(HOST)}
CAP = {"id": "monthly", "party": str(NORTH), "amount": "1000", "window": "month"}
ONCE = {
    "caps": CAP,
    "guarantees": GUARANTEE,
    "advances": ADVANCE,
    "payouts": {"party": str(NORTH)},
    "withholding": {"party": str(NORTH), "rate": "30%"},
    "value_added_tax": {"party": str(NORTH), "treatment": "standard", "rate": "19%"},
    "data_sharing": FLOW,
    "clauses": clause(EVEN),
}


@pytest.mark.parametrize(("name", "part"), ONCE.items(), ids=ONCE)
def test_nothing_is_said_twice(name, part):
    assert (name, "named_twice") not in problems_of(written(**{name: [part]}))
    assert (name, "named_twice") in problems_of(written(**{name: [part, part]}))


def problems_of(given):
    try:
        Terms.from_json(given)
    except TermsError as error:
        return {(problem.field, problem.code) for problem in error.problems}
    return set()


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"currency": "EURO"}, "currency", "malformed"),
        ({"currency": "XXX"}, "currency", "unknown_currency"),
        ({"time_zone": "Mars/Olympus"}, "time_zone", "unknown_time_zone"),
        ({"parties": [str(HOST)]}, "parties", "too_few"),
        ({"parties": [str(HOST), str(NORTH), str(NORTH)]}, "parties", "party_twice"),
        ({"parties": [str(HOST), str(SOUTH)]}, "clauses.0.pays.shares.1.party", "not_a_party"),
        ({"parties": ["host", str(NORTH)]}, "parties.0", "malformed"),
        ({"clauses": []}, "clauses", "too_few"),
        ({"clauses": None}, "clauses", "malformed"),
        ({"precedence": "loudest"}, "precedence", "not_a_choice"),
        ({"rounding": {"remainder": "to_me"}}, "rounding.remainder", "not_a_choice"),
        ({"bonus": 1}, "bonus", "unknown_field"),
        ({"schema": 3}, "schema", "not_a_choice"),
        ({"hold": {"days": -1}}, "hold.days", "too_small"),
        ({"hold": {"days": 1.5}}, "hold.days", "malformed"),
        ({"hold": {"days": 9999}}, "hold.days", "too_large"),
        ({"reserve": {"share": "0", "days": 90}}, "reserve.share", "not_above_zero"),
        ({"reserve": {"share": "1/10"}}, "reserve.days", "missing"),
        ({"refunds": {"bearer": "party"}}, "refunds.party", "name_the_bearer"),
        ({"refunds": {"party": str(HOST)}}, "refunds.party", "name_the_bearer"),
        ({"refunds": {"bearer": "party", "party": str(EAST)}}, "refunds.party", "not_a_party"),
        ({"attribution": {"click_window_days": 0}}, "attribution.click_window_days", "too_small"),
        ({"attribution": {"model": "position"}}, "attribution.first_share", "position_needs_shares"),
        ({"attribution": {"first_share": "1/2"}}, "attribution.first_share", "position_needs_shares"),
        (
            {"attribution": {"model": "position", "first_share": "60%", "last_share": "60%"}},
            "attribution.last_share",
            "shares_over_one",
        ),
        ({"attribution": {"model": "time_decay"}}, "attribution.half_life_days", "decay_needs_half_life"),
        (
            {"attribution": {"click_window_days": 1, "view_window_days": 2}},
            "attribution.view_window_days",
            "view_within_click",
        ),
        ({"periods": {"schedule": "weekly"}}, "periods.weekday", "weekday_for_weeks"),
        ({"periods": {"cut_off": "24:00"}}, "periods.cut_off", "malformed"),
        ({"payouts": [{"threshold": "50.001"}]}, "payouts.0.threshold", "too_many_decimals"),
        ({"payouts": [{}, {}]}, "payouts", "named_twice"),
        ({"payouts": [{"schedule": "weekly", "weekday": 1, "day": 2}]}, "payouts.0.day", "day_for_months"),
        ({"payouts": [{"party": str(EAST)}]}, "payouts.0.party", "not_a_party"),
        ({"payouts": [{"currency": "ABC"}]}, "payouts.0.currency", "unknown_currency"),
        ({"withholding": [{"party": str(NORTH), "rate": "1"}]}, "withholding.0.rate", "nothing_left"),
        (
            {"withholding": [{"party": str(NORTH), "rate": "15%", "reduced_rate": "30%"}]},
            "withholding.0.reduced_rate",
            "reduced_is_less",
        ),
        (
            {"value_added_tax": [{"party": str(NORTH), "treatment": "standard"}]},
            "value_added_tax.0.rate",
            "standard_needs_rate",
        ),
        (
            {"value_added_tax": [{"party": str(NORTH), "treatment": "unregistered", "invoice": "self_billing"}]},
            "value_added_tax.0.invoice",
            "self_billing_needs_registration",
        ),
        ({"territory": {"rule": "only", "countries": []}}, "territory.countries", "too_few"),
        ({"territory": {"rule": "only", "countries": ["DE", "DE"]}}, "territory.countries", "named_twice"),
        ({"territory": {"rule": "only", "countries": ["Germany"]}}, "territory.countries.0", "malformed"),
        ({"exclusivity": [{"party": str(NORTH), "categories": [""]}]}, "exclusivity.0.categories.0", "missing"),
        (
            {
                "data_sharing": [
                    {
                        "giver": str(HOST),
                        "receiver": str(HOST),
                        "scope": ["aggregates"],
                        "purposes": ["settlement"],
                        "retention_days": 30,
                    }
                ]
            },
            "data_sharing.0.receiver",
            "pays_oneself",
        ),
        ({"data_sharing": [{**FLOW, "scope": ["aggregates", "aggregates"]}]}, "data_sharing.0.scope", "named_twice"),
        ({"guarantees": [{**GUARANTEE, "borne_by": str(NORTH)}]}, "guarantees.0.borne_by", "pays_oneself"),
        ({"guarantees": [{**GUARANTEE, "amount": "0.001"}]}, "guarantees.0.amount", "too_many_decimals"),
        ({"advances": [{**ADVANCE, "paid_by": str(NORTH)}]}, "advances.0.paid_by", "pays_oneself"),
        ({"advances": [{**ADVANCE, "recoups": "0"}]}, "advances.0.recoups", "not_above_zero"),
        ({"payouts": [{"schedule": "monthly", "weekday": 1}]}, "payouts.0.weekday", "weekday_for_weeks"),
        ({"payouts": [{"schedule": "weekly"}]}, "payouts.0.weekday", "weekday_for_weeks"),
        ({"exclusivity": [{"party": str(NORTH), "categories": ["x" * 201]}]}, "exclusivity.0.categories.0", "too_long"),
        ({"exclusivity": [{"party": str(NORTH), "categories": ["x"] * 51}]}, "exclusivity.0.categories", "too_many"),
    ],
)
def test_a_part_of_the_terms(more, field, code):
    assert (field, code) in problems({**written(), **more})


@pytest.mark.parametrize(
    ("pays", "field", "code"),
    [
        ({"kind": "gift"}, "clauses.0.pays", "not_a_choice"),
        ({}, "clauses.0.pays", "missing"),
        (split((HOST, "60%"), (NORTH, "30%")), "clauses.0.pays.shares", "shares_do_not_sum_to_one"),
        (split((HOST, "1/2"), (HOST, "1/2")), "clauses.0.pays.shares", "party_twice"),
        (split((HOST, "0.5"), (NORTH, "1/2")), "clauses.0.pays.shares.0.share", "share_unreadable"),
        (split((HOST, "1/0"), (NORTH, "1/2")), "clauses.0.pays.shares.0.share", "share_unreadable"),
        (split((HOST, "120%"), (NORTH, "0")), "clauses.0.pays.shares.0.share", "share_over_one"),
        (commission("0%"), "clauses.0.pays.rate", "not_above_zero"),
        (commission("20%", payer=NORTH), "clauses.0.pays.payer", "pays_oneself"),
        (commission("20%", payer=EAST), "clauses.0.pays.payer", "not_a_party"),
        (commission("20%", minimum="5", maximum="4"), "clauses.0.pays.minimum", "minimum_over_maximum"),
        ({**commission("20%"), "amount": "5"}, "clauses.0.pays.amount", "unknown_field"),
        (flat("0"), "clauses.0.pays.amount", "not_above_zero"),
        (flat("-5"), "clauses.0.pays.amount", "amount_unreadable"),
        (flat("1e3"), "clauses.0.pays.amount", "amount_unreadable"),
        (flat("5", per="period"), "clauses.0.pays.per", "flat_fee_per_period"),
        (tiered(), "clauses.0.pays.tiers", "too_few"),
        (tiered({"up_to": "100", "rate": "30%"}), "clauses.0.pays.tiers", "last_tier_open"),
        (tiered({"rate": "30%"}, {"rate": "40%"}), "clauses.0.pays.tiers", "last_tier_open"),
        (
            tiered({"up_to": "200", "rate": "1%"}, {"up_to": "100", "rate": "2%"}, {"rate": "3%"}),
            "clauses.0.pays.tiers",
            "tiers_climb",
        ),
        (tiered({"rate": "1%", "amount": "1"}), "clauses.0.pays.tiers.0.rate", "rate_or_amount"),
        (tiered({"amount": "1"}), "clauses.0.pays.tiers", "amount_needs_quantity"),
        (
            tiered({"up_to": "1.5", "amount": "1"}, {"amount": "2"}, measure="quantity"),
            "clauses.0.pays.tiers",
            "units_are_whole",
        ),
        (
            tiered({"up_to": "10", "rate": "1%"}, {"rate": "2%"}, measure="quantity"),
            "clauses.0.pays.mode",
            "rate_needs_volume",
        ),
        ({"kind": "waterfall", "steps": []}, "clauses.0.pays.steps", "too_few"),
        (
            {"kind": "waterfall", "steps": [{"take": {"share": "10%"}, "to": to(NORTH)}]},
            "clauses.0.pays.steps",
            "last_step_takes_rest",
        ),
        ({"kind": "waterfall", "steps": [REST, REST]}, "clauses.0.pays.steps", "rest_comes_last"),
        (
            {"kind": "waterfall", "steps": [{"take": {"share": "10%", "amount": "1"}, "to": to(NORTH)}, REST]},
            "clauses.0.pays.steps.0.take.share",
            "rate_or_amount",
        ),
        ({"kind": "waterfall", "steps": [{"take": {}}]}, "clauses.0.pays.steps.0.to", "receiver_or_steps"),
        (
            {"kind": "waterfall", "steps": [{"take": {"at_most": "5"}, "to": to(HOST)}]},
            "clauses.0.pays.steps.0.take.at_most",
            "rest_has_no_limit",
        ),
        (
            {"kind": "waterfall", "steps": [{"take": {"of": "base"}, "to": to(HOST)}]},
            "clauses.0.pays.steps.0.take.of",
            "rest_is_the_rest",
        ),
        ({"kind": "waterfall", "steps": nested(6)}, "clauses.0.pays.steps", "too_deep"),
        ({"kind": "waterfall", "steps": [REST] * 21}, "clauses.0.pays.steps", "too_many"),
        (
            {
                "kind": "waterfall",
                "steps": [
                    {"take": {"of": "base", "share": "60%"}, "to": to(NORTH)},
                    {"take": {"of": "base", "share": "50%"}, "to": to(NORTH)},
                    REST,
                ],
            },
            "clauses.0.pays.steps",
            "shares_over_one",
        ),
        (
            {"kind": "waterfall", "steps": [{"take": {"share": "1/2"}, "to": to(EAST)}, REST]},
            "clauses.0.pays.steps.0.to.party",
            "not_a_party",
        ),
        ({"kind": "nothing", "payer": str(EAST)}, "clauses.0.pays.payer", "not_a_party"),
    ],
)
def test_a_payment(pays, field, code):
    assert (field, code) in problems(written(clause(pays)))


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"id": "Sales!"}, "id", "malformed"),
        ({"earns_on": "applause"}, "earns_on", "not_a_choice"),
        ({"earns_on": "click"}, "pays", "percent_without_amount"),
        ({"earns_on": "lead", "pays": commission("10%")}, "pays", "percent_without_amount"),
        ({"earns_on": "sign_up", "pays": tiered({"rate": "1%"})}, "pays", "percent_without_amount"),
        ({"earns_on": "flat_fee", "pays": flat("100")}, "pays", "flat_fee_per_period"),
        ({"earns_on": "pooled_revenue"}, "pool", "pool_and_weights"),
        ({"pool": [{"party": str(HOST), "weight": "60%"}]}, "pool", "pool_and_weights"),
        (
            {"earns_on": "pooled_revenue", "pool": [{"party": str(HOST), "weight": "0"}]},
            "pool",
            "not_above_zero",
        ),
        (
            {"earns_on": "pooled_revenue", "pool": [{"party": str(EAST), "weight": "1"}]},
            "pool.0.party",
            "not_a_party",
        ),
        (
            {"earns_on": "pooled_revenue", "pool": [{"party": str(HOST), "weight": "1/2"}] * 2},
            "pool",
            "party_twice",
        ),
        (
            {
                "earns_on": "pooled_revenue",
                "pool": [{"party": str(HOST), "weight": "1"}],
                "when": when(condition("country", "DE")),
            },
            "when",
            "no_condition_here",
        ),
        (
            {"earns_on": "click", "pays": flat("0.01"), "when": when(condition("amount", "1", "at_least"))},
            "when",
            "amount_without_sale",
        ),
        ({"deductions": [{"kind": "tax"}, {"kind": "tax"}]}, "deductions", "named_twice"),
        ({"deductions": [{"kind": "tax", "rate": "1/2", "amount": "1"}]}, "deductions.0.rate", "rate_or_amount"),
        ({"deductions": [{"kind": "tax", "of": "rest"}]}, "deductions.0.of", "rest_needs_rate"),
        (
            {"deductions": [{"kind": "tax", "rate": "60%"}, {"kind": "other", "rate": "40%"}]},
            "deductions",
            "nothing_left",
        ),
        ({"deductions": [{"kind": "tax", "kept_by": str(EAST)}]}, "deductions.0.kept_by", "not_a_party"),
        (
            {"deductions": [{"kind": "tax"}], "earns_on": "click", "pays": flat("1")},
            "deductions",
            "deduction_without_sale",
        ),
        ({"recurring": {"kind": "months", "months": 0}}, "recurring.months", "too_small"),
        (
            {"recurring": {"kind": "first_only"}, "earns_on": "click", "pays": flat("1")},
            "recurring",
            "recurring_needs_sale",
        ),
        ({"recurring": {"kind": "months", "months": 1, "persons": "own"}}, "recurring.persons", "not_a_choice"),
        ({"recurring": {"kind": "first_only", "persons": "own"}}, "recurring.persons", "unknown_field"),
        (
            {"recurring": {"kind": "lifetime", "persons": "own"}, "earns_on": "click", "pays": flat("1")},
            "recurring",
            "recurring_needs_sale",
        ),
        (
            {"recurring": {"kind": "first_only"}, "when": when(condition("person", "returning"))},
            "recurring",
            "condition_never_holds",
        ),
        ({"is_bonus": True}, "is_bonus", "bonus_is_earned"),
        ({"when": [{"all_of": []}]}, "when.0.all_of", "too_few"),
        ({"when": when(condition("mood", "good"))}, "when.0.all_of.0", "not_a_choice"),
        ({"when": when(condition("country", "Germany"))}, "when.0.all_of.0.value", "not_a_country"),
        ({"when": when(condition("person", "old"))}, "when.0.all_of.0.value", "person_new_or_returning"),
        ({"when": when({"field": "item", "value": []})}, "when.0.all_of.0.value", "too_few"),
        ({"when": when({"field": "item", "value": ["a", "a"]})}, "when.0.all_of.0.value", "named_twice"),
        ({"when": when({"field": "date", "is": "from", "value": "soon"})}, "when.0.all_of.0.value", "malformed"),
        (
            {"when": when(condition("person", "new"), condition("person", "returning"))},
            "when.0.all_of",
            "condition_never_holds",
        ),
        (
            {"when": when(condition("country", "DE"), condition("country", "DE", "not_in"))},
            "when.0.all_of",
            "condition_never_holds",
        ),
        (
            {"when": when(condition("amount", "5", "more_than"), condition("amount", "5", "at_most"))},
            "when.0.all_of",
            "condition_never_holds",
        ),
        (
            {"when": when(condition("quantity", 9, "at_least"), condition("quantity", 3, "less_than"))},
            "when.0.all_of",
            "condition_never_holds",
        ),
        (
            {"when": when(condition("date", "2026-05-01", "from"), condition("date", "2026-05-01", "before"))},
            "when.0.all_of",
            "condition_never_holds",
        ),
    ],
)
def test_a_clause(more, field, code):
    assert (f"clauses.0.{field}", code) in problems(written({**clause(EVEN), **more}))


@pytest.mark.parametrize(
    ("more", "field", "code"),
    [
        ({"amount": "10.001"}, "caps.0.amount", "too_many_decimals"),
        ({"amount": "0"}, "caps.0.amount", "not_above_zero"),
        ({"window": None}, "caps.0.window", "not_a_choice"),
        ({"clauses": ["gifts"]}, "caps.0.clauses", "no_such_clause"),
        ({"party": str(EAST)}, "caps.0.party", "not_a_party"),
    ],
)
def test_a_cap(more, field, code):
    assert terms_of(caps=[CAP]).caps[0].amount == 1000
    assert (field, code) in problems(written(caps=[{**CAP, **more}]))


def test_a_cap_names_its_window():
    cap = {"id": "monthly", "party": str(NORTH), "amount": "1000"}
    assert problems(written(caps=[cap])) == {("caps.0.window", "missing")}


def test_every_problem_is_named_at_once():
    given = written(clause(split((HOST, "1/2"), (NORTH, "1/3"))), currency="XXX", hold={"days": -3})
    assert problems(given) == {
        ("currency", "unknown_currency"),
        ("clauses.0.pays.shares", "shares_do_not_sum_to_one"),
        ("hold.days", "too_small"),
    }


def test_a_clause_behind_one_for_everything_is_never_reached():
    some = clause(commission("10%"), id="some", when=when(condition("country", "DE")))
    everything = clause(commission("5%"), id="everything")
    assert terms_of(some, everything, precedence="first_match").clauses
    assert problems(written(everything, some, precedence="first_match")) == {("clauses.1", "never_reached")}


@pytest.mark.parametrize(
    "pays",
    [
        commission("10%", minimum="1"),
        {"kind": "waterfall", "steps": [{"take": {"amount": "3"}, "to": to(NORTH)}, REST]},
    ],
)
def test_bounds_for_each_conversion_need_each_conversion(pays):
    running = {"accumulation": "running_total"}
    assert terms_of(clause(pays)).clauses
    assert problems(written(clause(pays), rounding=running)) == {("clauses.0.pays", "bound_needs_each_conversion")}


def test_a_bonus_needs_something_to_be_on_top_of():
    assert problems(written(clause(flat("5"), is_bonus=True))) == {("clauses", "only_bonuses")}


@pytest.mark.parametrize("given", [None, [], "terms", 7, {"schema": 1}, {"schema": 1, "shares": 5}])
def test_what_is_no_object_of_terms_at_all(given):
    with pytest.raises(TermsError):
        Terms.from_json(given)


def test_five_levels_of_steps_are_deep_enough():
    assert terms_of(clause({"kind": "waterfall", "steps": nested(5)})).clauses
