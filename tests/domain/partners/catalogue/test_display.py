"""Who may show an item: deny beats allow beats default, item beats category beats everything, floors hold."""

from uuid import UUID

import pytest
from hypothesis import given
from hypothesis import strategies as st

from partners.catalogue.domain.display import Decision, Effect, Reason, Rule, Shower, ShownItem, may_show

OWNER, NORTH, SOUTH, HERE, THERE = (UUID(int=n) for n in range(1, 6))
ITEM, OTHER_ITEM, ROOT, LEAF, ELSEWHERE = (UUID(int=n) for n in range(11, 16))
SHOWN = ShownItem(id=ITEM, owner_id=OWNER, category_ids=(ROOT, LEAF), price_minor=1000, currency="EUR")
ME = Shower(partner_id=NORTH, alliance_id=HERE)
_numbers = iter(range(100, 10**9))


def rule(effect, **where) -> Rule:
    return Rule(id=UUID(int=next(_numbers)), effect=Effect(effect), **where)


def floor(minor, **where) -> Rule:
    return rule("price_floor", floor_minor=minor, **({"currency": "EUR"} | where))


def verdict(*rules, item=SHOWN, shower=ME, **options) -> tuple[bool, str]:
    decision = may_show(item, shower, rules, **options)
    return decision.may_show, decision.reason.value


ON_ITEM, ON_LEAF, ON_ROOT = {"item_id": ITEM}, {"category_id": LEAF}, {"category_id": ROOT}
MINE, THEIRS = {"partner_id": NORTH}, {"partner_id": SOUTH}


@pytest.mark.parametrize(
    ("rules", "expected"),
    [
        ([], (True, "default")),
        ([rule("deny")], (False, "denied")),
        ([rule("allow")], (True, "allowed")),
        ([rule("allow"), rule("deny")], (False, "denied")),
        ([rule("deny"), rule("allow", **ON_ITEM)], (True, "allowed")),
        ([rule("allow", **ON_ROOT), rule("deny")], (True, "allowed")),
        ([rule("allow", **ON_ROOT), rule("deny", **ON_LEAF)], (False, "denied")),
        ([rule("allow", **ON_LEAF), rule("deny", **ON_ROOT)], (True, "allowed")),
        ([rule("allow", **ON_ITEM), rule("deny", **ON_ITEM, **MINE)], (False, "denied")),
        ([rule("deny", **THEIRS)], (True, "default")),
        ([rule("deny", alliance_id=THERE)], (True, "default")),
        ([rule("deny", alliance_id=HERE)], (False, "denied")),
        ([rule("deny", item_id=OTHER_ITEM)], (True, "default")),
        ([rule("deny", category_id=ELSEWHERE)], (True, "default")),
        ([rule("exclusive", **MINE)], (True, "exclusive")),
        ([rule("exclusive", **THEIRS)], (False, "exclusive_to_others")),
        ([rule("exclusive", **THEIRS), rule("exclusive", **MINE)], (True, "exclusive")),
        ([rule("exclusive", **THEIRS), rule("allow", **MINE)], (False, "exclusive_to_others")),
        ([rule("exclusive", **THEIRS), rule("allow", **MINE, **ON_LEAF)], (True, "allowed")),
        ([rule("exclusive", **MINE), rule("deny", **MINE)], (False, "denied")),
        ([rule("exclusive", **THEIRS, alliance_id=THERE)], (True, "default")),
        ([floor(1000)], (True, "default")),
        ([floor(1001)], (False, "below_price_floor")),
        ([floor(1001), rule("allow")], (False, "below_price_floor")),
        ([floor(1001), rule("deny")], (False, "denied")),
        ([floor(5000), floor(900, **ON_ITEM)], (True, "default")),
        ([floor(900, **ON_ITEM), floor(1100, **ON_ITEM, **MINE)], (False, "below_price_floor")),
        ([floor(5000, currency="CNY")], (True, "default")),
        ([floor(5000, **THEIRS)], (True, "default")),
    ],
)
def test_who_may_show(rules, expected):
    assert verdict(*rules) == expected
    assert verdict(*reversed(rules)) == expected


def test_the_owner_shows_its_own_whatever_it_ruled():
    me = Shower(partner_id=OWNER, alliance_id=HERE)
    assert verdict(rule("deny"), rule("exclusive", **THEIRS), floor(9999), shower=me) == (True, "own")


def test_a_price_of_ones_own_is_held_against_the_floor():
    assert verdict(floor(900), price_minor=899) == (False, "below_price_floor")
    assert verdict(floor(1100), price_minor=1100) == (True, "default")
    assert may_show(SHOWN, ME, [floor(900)]).floor_minor == 900
    free = ShownItem(id=ITEM, owner_id=OWNER)
    assert verdict(floor(900, currency=""), item=free) == (True, "default")


def test_the_rule_that_decided_is_named():
    deciding = rule("deny", **ON_LEAF)
    assert may_show(SHOWN, ME, [rule("allow"), deciding]).rule_id == deciding.id
    assert may_show(SHOWN, ME, []) == Decision(may_show=True, reason=Reason.DEFAULT)


rules = st.builds(
    lambda effect, where, **more: rule(effect, **where, **more),
    st.sampled_from(["allow", "deny", "exclusive"]),
    st.sampled_from([{}, ON_ITEM, ON_LEAF, ON_ROOT, {"item_id": OTHER_ITEM}, {"category_id": ELSEWHERE}]),
    alliance_id=st.sampled_from([None, HERE, THERE]),
    partner_id=st.sampled_from([NORTH, SOUTH]),
) | st.builds(
    lambda minor, where, partner: floor(minor, **where, partner_id=partner),
    st.integers(0, 2000),
    st.sampled_from([{}, ON_ITEM, ON_LEAF]),
    st.sampled_from([None, NORTH, SOUTH]),
)
sets = st.lists(rules, max_size=8)


@given(sets, st.randoms(use_true_random=False))
def test_the_order_of_rules_is_immaterial(found, random):
    shuffled = random.sample(found, len(found))
    assert may_show(SHOWN, ME, shuffled) == may_show(SHOWN, ME, found)


@given(sets, st.sampled_from([None, HERE]), st.sampled_from([None, NORTH]))
def test_a_denial_of_the_item_always_holds(found, alliance, partner):
    decision = may_show(SHOWN, ME, [*found, rule("deny", item_id=ITEM, alliance_id=alliance, partner_id=partner)])
    assert (decision.may_show, decision.reason) == (False, Reason.DENIED)


@given(sets)
def test_an_allowance_never_takes_anything_away(found):
    before = may_show(SHOWN, ME, found)
    after = may_show(SHOWN, ME, [*found, rule("allow", item_id=ITEM)])
    assert after.may_show or not before.may_show or before.reason is Reason.DEFAULT


@given(sets)
def test_what_speaks_of_other_partners_does_not_concern_me_but_for_exclusivity(found):
    mine = [r for r in found if r.partner_id in {None, NORTH} or r.effect is Effect.EXCLUSIVE]
    assert may_show(SHOWN, ME, mine) == may_show(SHOWN, ME, found)


@given(sets)
def test_an_exclusive_item_is_shown_by_nobody_else(found):
    exclusive = [r for r in found if r.effect is not Effect.ALLOW]
    decision = may_show(
        SHOWN, ME, [*(r for r in exclusive if r.partner_id != NORTH), rule("exclusive", item_id=ITEM, **THEIRS)]
    )
    assert not decision.may_show


@given(sets, st.integers(0, 2000))
def test_nothing_is_shown_below_the_floor_it_is_told(found, price):
    decision = may_show(SHOWN, ME, found, price_minor=price)
    if decision.may_show and decision.floor_minor is not None:
        assert price >= decision.floor_minor
    if decision.reason is Reason.BELOW_PRICE_FLOOR:
        assert price < decision.floor_minor
