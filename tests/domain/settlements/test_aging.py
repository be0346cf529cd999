"""Debts by age: what is below nothing, paid back oldest first."""

from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st

from settlements.domain.aging import DebtLot, by_age, debt_lots

FIRST = date(2026, 1, 1)


def day(number):
    return FIRST + timedelta(days=number)


@pytest.mark.parametrize(
    ("changes", "lots"),
    [
        ([], []),
        ([(0, 500)], []),
        ([(0, 500), (10, -700)], [(10, 200)]),  # S12: earned 5.00, clawed back 7.00
        ([(0, 500), (10, -700), (40, 300)], []),  # and 3.00 earned the month after
        ([(0, -100), (10, -50), (20, 120)], [(10, 30)]),
        ([(0, -100), (10, 40), (20, -60)], [(0, 60), (20, 60)]),
        ([(0, -100), (5, 100), (9, -1)], [(9, 1)]),
        ([(0, -100), (5, 130), (9, -50)], [(9, 20)]),
    ],
)
def test_what_is_left_of_a_debt_and_since_when(changes, lots):
    found = debt_lots((day(number), amount) for number, amount in changes)
    assert found == tuple(DebtLot(day(number), amount) for number, amount in lots)


@given(st.lists(st.integers(-1000, 1000), max_size=30))
def test_lots_are_what_the_balance_is_below_nothing_and_in_order(amounts):
    lots = debt_lots((day(number), amount) for number, amount in enumerate(amounts))
    assert sum(lot.amount_minor for lot in lots) == max(0, -sum(amounts))
    assert all(lot.amount_minor > 0 for lot in lots)
    assert [lot.since for lot in lots] == sorted(lot.since for lot in lots)


@pytest.mark.parametrize(
    ("days", "bucket"), [(-1, 0), (0, 0), (30, 0), (31, 1), (60, 1), (61, 2), (90, 2), (91, 3), (4000, 3)]
)
def test_the_edges_of_ages(days, bucket):
    today = day(100)
    ages = by_age([DebtLot(today - timedelta(days=days), 7)], today)
    assert ages == tuple(7 if place == bucket else 0 for place in range(4))
