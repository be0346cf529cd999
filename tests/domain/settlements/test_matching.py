"""Bank entries and payouts: what is certain, what is likely, what is left to people; never one payout twice."""

from collections import Counter
from dataclasses import replace
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from settlements.banking.domain.matching import (
    BankLine,
    Basis,
    ExpectedPayout,
    ExpectedRepayment,
    MatchKind,
    WhyOpen,
    match_lines,
    plain_name,
)

DAY = date(2026, 11, 30)
NORTH = frozenset({"fingerprint-north"})
ST1 = ExpectedPayout("p1", "ST-0001", "EUR", 7000, "North Fitness GmbH", NORTH, DAY)
ST2 = ExpectedPayout("p2", "ST-0002", "EUR", 3000, "South", frozenset({"fingerprint-south"}), DAY)


def line(id_="l1", amount_minor=-7000, end_to_end_id="", **more):
    return BankLine(id_, DAY, more.pop("currency", "EUR"), amount_minor, end_to_end_id, **more)


def one(bank_line, *payouts):
    (found,) = match_lines([bank_line], payouts or (ST1, ST2))
    return found


def test_reference_and_amount_agree():
    found = one(line(end_to_end_id="ST-0001"))
    assert (found.kind, found.payout_id, found.difference_minor, found.is_exact) == (MatchKind.PAYOUT, "p1", 0, True)


@pytest.mark.parametrize("amount_minor", [-6990, -7010])
def test_a_small_difference_is_proposed_as_a_fee_and_never_exact(amount_minor):
    found = one(line(amount_minor=amount_minor, end_to_end_id="ST-0001"))
    assert (found.kind, found.payout_id, found.is_exact) == (MatchKind.PAYOUT, "p1", False)
    assert found.difference_minor == -amount_minor - 7000


@pytest.mark.parametrize(
    ("bank_line", "payout", "exception"),
    [
        (line(amount_minor=-12001, end_to_end_id="ST-0001"), ST1, WhyOpen.DIFFERENCE_TOO_LARGE),
        (line(amount_minor=-1, end_to_end_id="ST-0001"), replace(ST1, amount_minor=2), None),
        (line(amount_minor=-4, end_to_end_id="ST-0001"), replace(ST1, amount_minor=2), WhyOpen.DIFFERENCE_TOO_LARGE),
        (line(end_to_end_id="ST-0001", currency="USD"), ST1, WhyOpen.OTHER_CURRENCY),
        (line(end_to_end_id="ST-0001"), replace(ST1, is_open=False), WhyOpen.PAID_ALREADY),
        (line(), replace(ST1, is_open=False), WhyOpen.NOTHING_FITS),
    ],
)
def test_what_a_reference_alone_does_not_prove(bank_line, payout, exception):
    assert (one(bank_line, payout).exception or None) == exception


@pytest.mark.parametrize("text", ["Payment ST-0001, thank you", "用途：ST-0001", "st 0001 ST-0001"])
def test_the_reference_may_stand_in_the_text(text):
    assert one(line(text=text)).basis is Basis.REFERENCE


def test_two_references_in_one_text_prove_nothing():
    assert one(line(text="ST-0001 ST-0002")).kind is None


def test_the_second_payment_of_one_payout_is_an_exception():
    first, second = match_lines([line("a", end_to_end_id="ST-0001"), line("b", end_to_end_id="ST-0001")], [ST1])
    assert first.is_exact
    assert (second.kind, second.exception, second.candidates) == (None, WhyOpen.PAID_ALREADY, ("p1",))


def test_by_account_then_by_name():
    assert one(line(accounts=NORTH)).basis is Basis.ACCOUNT
    assert one(line(name="NORTH FITNESS GMBH")).basis is Basis.NAME
    assert one(line(name="North Fitness")).exception is WhyOpen.NOTHING_FITS
    assert not one(line(accounts=NORTH)).is_exact


def test_several_that_fit_are_left_to_people():
    other = replace(ST1, id="p3", end_to_end_id="ST-0003")
    found = one(line(accounts=NORTH, name=ST1.name), ST1, other)
    assert (found.kind, found.exception, found.candidates) == (None, WhyOpen.SEVERAL_FIT, ("p1", "p3"))
    twins = match_lines([line("a", accounts=NORTH), line("b", accounts=NORTH)], [ST1])
    assert [found.exception for found in twins] == [WhyOpen.SEVERAL_FIT] * 2


def test_paid_and_returned_on_one_statement():
    back = line("b", 7000, "ST-0001", is_return=True)
    paid, returned = match_lines([line("a", end_to_end_id="ST-0001"), back], [ST1])
    assert (paid.kind, returned.kind) == (MatchKind.PAYOUT, MatchKind.RETURN)
    (later,) = match_lines([back], [replace(ST1, is_open=False)])
    assert later.is_exact
    less, again = match_lines([replace(back, amount_minor=6500), replace(back, id="c")], [ST1])
    assert (less.kind, less.difference_minor, again.exception) == (MatchKind.RETURN, 500, WhyOpen.NOT_RETURNABLE)
    assert one(replace(back, amount_minor=7001)).exception is WhyOpen.DIFFERENCE_TOO_LARGE


def test_charges_and_unknown_money():
    assert one(line(amount_minor=-250, is_charge=True)).kind is MatchKind.FEE
    assert one(line(amount_minor=12345)).kind is MatchKind.SUSPENSE
    assert one(line(amount_minor=-12345)).kind is None


def test_names_as_banks_write_them():
    assert plain_name("Müller & Söhne, GmbH") == plain_name("MULLER + SOHNE GMBH")
    assert plain_name("　北方健身 ") == plain_name("北方健身")
    assert plain_name("★") == ""


_REFERENCES = st.sampled_from(["", "ST-1", "ST-2", "ST-3", "ST-4"])
_AMOUNTS = st.integers(1, 4).map(lambda n: n * 100)
_NAMES = st.sampled_from(["", "North", "South"])
_ACCOUNTS = st.sampled_from([frozenset(), frozenset({"n"}), frozenset({"s"})])
_LINES = st.lists(
    st.builds(
        lambda amount, sign, reference, name, accounts: (amount * sign, reference, name, accounts),
        _AMOUNTS,
        st.sampled_from([-1, -1, 1]),
        _REFERENCES,
        _NAMES,
        _ACCOUNTS,
    ),
    max_size=8,
)
_PAYOUTS = st.lists(st.tuples(_AMOUNTS, _NAMES, _ACCOUNTS, st.booleans()), max_size=4)


@settings(max_examples=150, deadline=None)
@given(_LINES, _PAYOUTS, st.randoms(use_true_random=False))
def test_whatever_the_bank_says(found, expected, random):
    lines = [line(f"l{n}", a, r, name=name, accounts=accounts) for n, (a, r, name, accounts) in enumerate(found)]
    payouts = [
        ExpectedPayout(f"p{n}", f"ST-{n + 1}", "EUR", amount, name, accounts, DAY, is_open)
        for n, (amount, name, accounts, is_open) in enumerate(expected)
    ]
    suggestions = match_lines(lines, payouts)
    assert [s.line_id for s in suggestions] == [bank_line.id for bank_line in lines]
    by_id = {payout.id: payout for payout in payouts}
    for kind in (MatchKind.PAYOUT, MatchKind.RETURN):
        used = Counter(s.payout_id for s in suggestions if s.kind is kind)
        assert all(count == 1 for count in used.values())
    for bank_line, suggestion in zip(lines, suggestions, strict=True):
        payout = by_id.get(suggestion.payout_id)
        assert (payout is not None) == (suggestion.kind in {MatchKind.PAYOUT, MatchKind.RETURN})
        assert (suggestion.kind is None) == bool(suggestion.exception)
        if suggestion.kind is MatchKind.PAYOUT:
            assert payout.is_open
            assert -bank_line.amount_minor == payout.amount_minor + suggestion.difference_minor
        if suggestion.is_exact:
            assert abs(bank_line.amount_minor) == payout.amount_minor
            assert bank_line.end_to_end_id == payout.end_to_end_id
    shuffled = list(range(len(lines)))
    random.shuffle(shuffled)
    again = match_lines([lines[n] for n in shuffled], list(reversed(payouts)))
    assert {s.line_id: s for s in again} == {s.line_id: s for s in suggestions}


OWED = ExpectedRepayment("d1", "EUR", 4000, "North Fitness GmbH", NORTH)


@pytest.mark.parametrize(
    ("lines", "debts", "found"),
    [
        ([line("l1", 4000, accounts=NORTH)], [OWED], ["d1"]),
        ([line("l1", 4000, name="NORTH FITNESS, GmbH")], [OWED], ["d1"]),
        ([line("l1", 3999, accounts=NORTH)], [OWED], [""]),
        ([line("l1", 4000, accounts=NORTH, currency="USD")], [OWED], [""]),
        ([line("l1", 4000, accounts=NORTH), line("l2", 4000, accounts=NORTH)], [OWED], ["", ""]),
        ([line("l1", 4000, accounts=NORTH)], [OWED, replace(OWED, id="d2")], [""]),
        ([line("l1", -4000, accounts=NORTH)], [OWED], [""]),
        ([line("l1", 4000, accounts=NORTH, is_return=True)], [OWED], [""]),
    ],
)
def test_a_debt_is_repaid_by_its_exact_sum_and_by_nobody_else(lines, debts, found):
    suggestions = match_lines(lines, [], debts)
    assert [one.debt_id for one in suggestions] == found
    assert all((one.kind is MatchKind.REPAYMENT) is bool(one.debt_id) for one in suggestions)
