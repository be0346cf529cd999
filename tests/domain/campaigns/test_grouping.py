"""Rows of one order together, however a file scatters them."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from campaigns.readers import grouping
from campaigns.readers.grouping import OrderedRows
from campaigns.readers.problems import OrderFileError, OrderProblem


def groups(references):
    rows = [(number, [reference]) for number, reference in enumerate(references, 2)]
    with OrderedRows(lambda: iter(rows), lambda cells: cells[0], lambda: None) as ordered:
        assert ordered.scan() == len(rows)
        return [[(number, cells[0]) for number, cells in group] for group in ordered.groups()]


@given(st.lists(st.sampled_from(["a", "b", "c", "d", ""]), max_size=40))
def test_orders_come_whole_and_once_however_scattered(references):
    found = groups(references)
    rows = [row for group in found for row in group]
    assert sorted(rows) == [(number, reference) for number, reference in enumerate(references, 2)]
    names = [group[0][1] for group in found if group[0][1]]
    assert len(names) == len(set(names))
    for group in found:
        assert len({reference for _, reference in group}) == 1
        assert group == sorted(group)
        assert group[0][1] or len(group) == 1


def test_an_order_may_not_have_endless_lines(monkeypatch):
    monkeypatch.setattr(grouping, "MAX_LINES_PER_ORDER", 3)
    assert len(groups(["a", "a", "a"])) == 1
    with pytest.raises(OrderFileError) as refusal:
        groups(["a", "a", "b", "a", "a"])
    assert refusal.value.problem is OrderProblem.ORDER_TOO_LONG
    assert refusal.value.where == "a"
