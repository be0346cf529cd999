"""After any sequence of postings and reversals, accepted or refused, the book is right, now and at every past instant."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import replace
from datetime import date, datetime
from uuid import UUID

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from alliance.kernel.tenancy import atomic, organization_scope
from settlements.ledger.domain import JournalDraft
from settlements.ledger.models import Entry, Journal
from settlements.ledger.refusals import LedgerRefusedError
from settlements.ledger.selectors import balances, trial_balance
from settlements.services.post_journal import post_journals
from tests.contract.settlements.ledger.books import BookOf, a_book

EURO = ("clearing", "revenue", "pending")
AMOUNTS = st.integers(-(10**12), 10**12)


@pytest.fixture
def book(db) -> BookOf:
    return a_book()


@st.composite
def legs(draw) -> list[tuple[str, int]]:
    """Mostly balanced, sometimes not, sometimes with a zero or in two currencies."""
    amounts = draw(st.lists(AMOUNTS, min_size=1, max_size=4))
    chosen = [(draw(st.sampled_from(EURO)), amount) for amount in amounts]
    if draw(st.integers(0, 4)):
        chosen.append((draw(st.sampled_from(EURO)), -sum(amounts)))
    if draw(st.booleans()):
        dollars = draw(AMOUNTS)
        chosen += [("dollar_clearing", dollars), ("dollars", -dollars)]
    return chosen


STEP = st.one_of(
    st.tuples(
        st.just("post"), st.lists(legs(), min_size=1, max_size=3), st.dates(date(2026, 10, 25), date(2026, 12, 3))
    ),
    st.tuples(st.just("repeat"), st.integers(0, 30), st.none()),
    st.tuples(st.just("reverse"), st.integers(0, 30), st.none()),
)


class Play:
    """One sequence against one book, with the balances we expect kept beside it."""

    def __init__(self, book: BookOf) -> None:
        self.book = book
        self.accepted: list[tuple[UUID, JournalDraft]] = []
        self.expected: defaultdict[UUID, int] = defaultdict(int)
        self.past: list[tuple[datetime, Mapping[UUID, int]]] = []

    def drafts(self, step) -> list[JournalDraft]:
        what, detail, day = step
        if what == "post":
            return [self.book.draft(*each, effective_on=day) for each in detail]
        if not self.accepted:
            return []
        journal_id, known = self.accepted[detail % len(self.accepted)]
        if what == "repeat":
            return [known]
        return [replace(known, key=f"undo {known.key}", kind="reversal", legs=known.mirrored(), reverses_id=journal_id)]

    def take(self, step) -> None:
        drafts = self.drafts(step)
        try:
            with atomic():
                posted = post_journals(book_id=self.book.id, drafts=drafts)
        except LedgerRefusedError:
            return
        known = {draft.key for _, draft in self.accepted}
        for draft in drafts:
            if draft.key not in known:
                self.accepted.append((posted[draft.key], draft))
                for leg in draft.legs:
                    self.expected[leg.account_id] += leg.amount_minor
        if drafts:
            last = Journal.objects.filter(book_id=self.book.id).order_by("-posted_at")[0].posted_at
            self.past.append((last, dict(self.expected)))


def held(found: Mapping[UUID, int]) -> dict[UUID, int]:
    return {account: amount for account, amount in found.items() if amount}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(steps=st.lists(STEP, max_size=12))
def test_any_sequence_leaves_the_book_right(book, steps):
    with organization_scope(book.host.id), atomic():
        play = Play(book)
        before = balances(book_id=book.id)
        for step in steps:
            play.take(step)
        whole = trial_balance(book.id)
        assert whole.is_balanced
        found = {line.account.id: line.balance_minor - before[line.account.id] for line in whole.lines}
        assert held(found) == held(play.expected)
        for instant, expected in play.past:
            then = trial_balance(book.id, instant)
            assert then.is_balanced
            assert held({a: b - before[a] for a, b in balances(book_id=book.id, at=instant).items()}) == held(expected)
        for journal_id, draft in play.accepted:
            stored = Entry.objects.filter(journal_id=journal_id).order_by("line")
            assert [(e.account_id, e.amount_minor) for e in stored] == [
                (x.account_id, x.amount_minor) for x in draft.legs
            ]
