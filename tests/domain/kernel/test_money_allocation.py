"""The allocation contract: known vectors, and what holds for every amount and every ratio."""

import json
from fractions import Fraction
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from alliance.kernel.money import (
    AllocationError,
    RemainderPolicy,
    allocate,
    allocate_cumulative,
    explain_allocation,
    exponent,
)

VECTORS = json.loads((Path(__file__).parent / "allocation_vectors.json").read_text(encoding="utf-8"))["vectors"]
WHOLE_POLICIES = [p for p in RemainderPolicy if p is not RemainderPolicy.SUSPENSE]

amounts = st.integers(-(10**12), 10**12)
ratio = st.fractions(min_value=0, max_value=100, max_denominator=200)
ratios = st.lists(ratio, min_size=1, max_size=6).filter(any)
small_ratios = st.lists(st.integers(0, 12), min_size=1, max_size=6).filter(any)
policies = st.sampled_from(WHOLE_POLICIES)


def split(amount, given_ratios, policy=RemainderPolicy.LARGEST_REMAINDER, platform=0):
    return allocate(amount, given_ratios, policy=policy, weights=True, platform=platform)


@pytest.mark.parametrize("vector", VECTORS, ids=lambda v: v["note"] or str(v["amount_minor"]))
def test_known_vector(vector):
    given_ratios = [Fraction(r) for r in vector["ratios"]]
    assert allocate(vector["amount_minor"], given_ratios, weights=True) == vector["parts_minor"]
    assert exponent(vector["currency"]) == vector["exponent"]


def test_there_are_vectors():
    assert len(VECTORS) == 21


@given(amounts, small_ratios, policies)
def test_i1_parts_sum_to_the_amount(amount, given_ratios, policy):
    assert sum(split(amount, given_ratios, policy)) == amount


@given(amounts, small_ratios, policies)
def test_i2_every_part_is_the_exact_share_rounded_down_or_up(amount, given_ratios, policy):
    total = sum(given_ratios)
    for part, weight in zip(split(amount, given_ratios, policy), given_ratios, strict=True):
        assert abs(part - Fraction(amount * weight, total)) < 1


@given(amounts, ratios)
def test_exact_rationals_stay_within_quota_too(amount, given_ratios):
    total = sum(given_ratios)
    for part, weight in zip(split(amount, given_ratios), given_ratios, strict=True):
        assert abs(part - amount * Fraction(weight) / total) < 1


@given(amounts, small_ratios, policies)
def test_i3_a_zero_ratio_gets_nothing(amount, given_ratios, policy):
    parts = split(amount, [0, *given_ratios, 0], policy, platform=1)
    assert parts[0] == parts[-1] == 0


@given(amounts, small_ratios, policies)
def test_i4_a_refund_mirrors(amount, given_ratios, policy):
    assert split(-amount, given_ratios, policy) == [-part for part in split(amount, given_ratios, policy)]


@given(amounts, small_ratios, policies, st.integers(1, 50))
def test_only_proportion_and_order_decide(amount, given_ratios, policy, factor):
    assert split(amount, [r * factor for r in given_ratios], policy) == split(amount, given_ratios, policy)


@given(st.integers(0, 10**9), st.integers(2, 6))
def test_i5_ties_go_to_the_earlier_party(amount, parties):
    parts = split(amount, [1] * parties)
    assert parts == sorted(parts, reverse=True)


@given(small_ratios, st.lists(st.integers(0, 400), min_size=1, max_size=8), st.integers(0, 500), policies)
def test_i7_cumulative_parts_add_up_to_the_split_of_the_sum(given_ratios, sequence, before, policy):
    steps = allocate_cumulative(sequence, given_ratios, before_minor=before, policy=policy, weights=True, platform=0)
    earlier = split(before, given_ratios, policy)
    sums = [start + sum(column) for start, column in zip(earlier, zip(*steps, strict=True), strict=True)]
    assert sums == split(before + sum(sequence), given_ratios, policy)
    assert [sum(step) for step in steps] == sequence


@given(small_ratios, st.lists(st.integers(1, 400), min_size=1, max_size=8), policies)
def test_an_order_refunded_in_pieces_ends_at_zero(given_ratios, pieces, policy):
    sequence = [sum(pieces), *(-piece for piece in pieces)]
    steps = allocate_cumulative(sequence, given_ratios, policy=policy, weights=True, platform=0)
    assert [sum(column) for column in zip(*steps, strict=True)] == [0] * len(given_ratios)


@given(small_ratios, st.integers(0, 300))
def test_i8_under_the_quota_method_nobody_loses_when_the_amount_grows(given_ratios, amount):
    smaller = split(amount, given_ratios, RemainderPolicy.QUOTA_METHOD)
    larger = split(amount + 1, given_ratios, RemainderPolicy.QUOTA_METHOD)
    assert all(after >= before for before, after in zip(smaller, larger, strict=True))


def test_largest_remainder_alone_does_take_a_unit_back():
    assert split(10, [6, 6, 2]) == [4, 4, 2]
    assert split(11, [6, 6, 2]) == [5, 5, 1]
    assert split(10, [6, 6, 2], RemainderPolicy.QUOTA_METHOD) == [5, 4, 1]
    assert split(11, [6, 6, 2], RemainderPolicy.QUOTA_METHOD) == [5, 5, 1]


def test_three_refunds_of_an_odd_order():
    portions = [Fraction(3, 5), Fraction(2, 5)]
    refunds = allocate_cumulative([-333, -333, -333], portions)
    assert refunds == [[-200, -133], [-200, -133], [-199, -134]]
    assert [sum(column) for column in zip(allocate(999, portions), *refunds, strict=True)] == [0, 0]


def test_a_running_total_of_tiny_orders_is_fair():
    steps = allocate_cumulative([1] * 100, [Fraction(3, 5), Fraction(2, 5)])
    assert [sum(column) for column in zip(*steps, strict=True)] == [60, 40]


@pytest.mark.parametrize(
    ("policy", "parts"),
    [
        (RemainderPolicy.LARGEST_REMAINDER, [599, 400]),
        (RemainderPolicy.FIRST_IN_ORDER, [600, 399]),
        (RemainderPolicy.PLATFORM_KEEPS, [600, 399]),
        (RemainderPolicy.PARTNER_FAVOURED, [599, 400]),
        (RemainderPolicy.SUSPENSE, [599, 399, 1]),
        (RemainderPolicy.QUOTA_METHOD, [600, 399]),
    ],
)
def test_i6_each_policy_on_an_odd_order(policy, parts):
    assert allocate(999, [Fraction(3, 5), Fraction(2, 5)], policy=policy, platform=0) == parts


@given(amounts, small_ratios)
def test_suspense_rounds_everybody_down_and_shows_the_rest(amount, given_ratios):
    split_ = explain_allocation(amount, given_ratios, policy=RemainderPolicy.SUSPENSE, weights=True)
    assert split_.parts == split_.floors
    assert sum(split_.parts) + split_.unassigned_minor == amount
    assert abs(split_.unassigned_minor) < len(given_ratios)


@given(amounts, small_ratios, policies)
def test_the_explanation_adds_up(amount, given_ratios, policy):
    split_ = explain_allocation(amount, given_ratios, policy=policy, weights=True, platform=0)
    assert sum(split_.exact) == amount
    assert list(split_.parts) == split(amount, given_ratios, policy)
    if policy is not RemainderPolicy.QUOTA_METHOD:
        assert len(split_.receivers) == abs(split_.remainder_minor)


def test_i9_a_percentage_with_a_fraction_and_a_third_are_exact():
    assert allocate(10**15, [Fraction(5, 8), Fraction(3, 8)]) == [625 * 10**12, 375 * 10**12]
    assert allocate(100, [Fraction(1, 3)] * 3) == [34, 33, 33]


@pytest.mark.parametrize(
    ("given_ratios", "weights", "code"),
    [
        ([], True, "no_ratios"),
        ([0, 0], True, "all_zero"),
        ([Fraction(3, 2), Fraction(-1, 2)], False, "negative_ratio"),
        ([Fraction(3, 5), Fraction(3, 5)], False, "portions_over_one"),
        ([Fraction(3, 5), Fraction(1, 5)], False, "portions_under_one"),
        ([0.6, 0.4], False, "float_ratio"),
    ],
)
def test_i10_impossible_ratios_are_refused(given_ratios, weights, code):
    with pytest.raises(AllocationError) as refused:
        allocate(100, given_ratios, weights=weights)
    assert refused.value.code == code


def test_who_the_platform_is_must_be_said():
    with pytest.raises(AllocationError, match="platform_unknown"):
        allocate(999, [Fraction(3, 5), Fraction(2, 5)], policy=RemainderPolicy.PLATFORM_KEEPS)


def test_the_quota_method_refuses_ratios_too_fine_to_walk():
    with pytest.raises(AllocationError, match="ratios_too_fine"):
        allocate(10**9 - 1, [10**9 - 2, 3], policy=RemainderPolicy.QUOTA_METHOD, weights=True)
