"""Writers race the close of a period: nothing slips in. The control shows that the race is real."""

import random
import threading
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import date

import pytest
from django.db import connections

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.models import Journal
from settlements.ledger.refusals import KeyReusedError, PeriodClosedError
from settlements.ledger.selectors import balance_at, trial_balance
from settlements.ledger.services.close_ledger_period import close_ledger_period
from settlements.ledger.services.open_accounts import open_accounts
from settlements.ledger.services.open_book import open_book
from settlements.ledger.services.open_period import open_period
from settlements.services.post_journal import post_journal, post_journals
from tests.contract.settlements.ledger.attackers import open_connection
from tests.contract.settlements.ledger.books import BookOf, a_book

WRITERS = 4
ROUNDS = 12


@dataclass
class Tally:
    """What one round saw."""

    posted: int = 0
    refused: int = 0
    lock: threading.Lock = field(default_factory=threading.Lock)

    def count(self, *, posted: int = 0, refused: int = 0) -> None:
        with self.lock:
            self.posted += posted
            self.refused += refused


@pytest.fixture
def book(committed) -> BookOf:
    return a_book()


def in_threads(*functions):
    """Run all at once, each with connections of its own; raises the first failure."""

    def run(function):
        try:
            return function()
        finally:
            for alias in connections:
                connections[alias].close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return [future.result(timeout=60) for future in [pool.submit(run, f) for f in functions]]


def month_of(book: BookOf, number: int) -> tuple:
    """A fresh open period far in the future."""
    starts_on, ends_on = date(2030 + number, 1, 1), date(2030 + number, 2, 1)
    with organization_scope(book.host.id):
        period = open_period(book_id=book.id, agreement_id=book.agreement_id, starts_on=starts_on, ends_on=ends_on)
    return period, starts_on


def movement(book: BookOf, day: date) -> tuple[int, int]:
    """How many journals the period's day holds, and what they moved on the clearing account."""
    with open_connection("operator") as connection:
        return connection.execute(
            "SELECT count(*), coalesce(sum(amount_minor), 0)::bigint FROM ledger_entry"
            " WHERE account_id = %s AND effective_on = %s",
            [book.accounts["clearing"], day],
        ).fetchone()


def writer(book: BookOf, seed: int, day: date, tally: Tally, start: threading.Barrier):
    """Post small batches until the period refuses."""

    def run():
        chance = random.Random(seed)
        start.wait(30)
        while True:
            drafts = [
                book.sale(chance.randint(5, 9_999), effective_on=day) for _ in range(chance.choice((1, 1, 3, 20)))
            ]
            try:
                with organization_scope(book.host.id):
                    post_journals(book_id=book.id, drafts=drafts)
            except PeriodClosedError:
                tally.count(refused=1)
                return
            tally.count(posted=len(drafts))

    return run


def closer(book: BookOf, period, day: date, seed: int, start: threading.Barrier):
    """Close after a moment, and read inside the same transaction what the period holds."""

    def run():
        start.wait(30)
        threading.Event().wait(random.Random(seed).uniform(0.005, 0.05))
        with organization_scope(book.host.id):
            close_ledger_period(period_id=period)
            with connections["default"].cursor() as cursor:
                cursor.execute(
                    "SELECT count(*), coalesce(sum(amount_minor), 0)::bigint FROM ledger_entry"
                    " WHERE account_id = %s AND effective_on = %s",
                    [book.accounts["clearing"], day],
                )
                return cursor.fetchone()

    return run


@pytest.mark.parametrize("seed", range(ROUNDS))
def test_nothing_slips_into_a_closing_period(book, seed):
    period, day = month_of(book, seed)
    tally, start = Tally(), threading.Barrier(WRITERS + 1)
    writers = [writer(book, seed * 100 + n, day, tally, start) for n in range(WRITERS)]
    *_, seen_by_close = in_threads(*writers, closer(book, period, day, seed, start))
    assert movement(book, day) == seen_by_close
    assert seen_by_close[0] == tally.posted
    assert tally.refused == WRITERS
    with organization_scope(book.host.id):
        assert trial_balance(book.id).is_balanced


@contextmanager
def without_the_lock():
    """The same ledger, but a posting looks at its period without taking it."""
    with open_connection("owner") as connection:
        (guarded,) = connection.execute("SELECT pg_get_functiondef('ledger_journals_added()'::regprocedure)").fetchone()
        assert guarded.count("FOR SHARE OF p") == 2  # for one journal, and for many
        connection.execute(guarded.replace("FOR SHARE OF p", "").encode())
        connection.commit()
        try:
            yield
        finally:
            connection.execute(guarded.encode())
            connection.commit()


def test_without_the_lock_something_slips_in(book):
    """The control: a posting under way when the period closes ends up in it, unseen by the close."""
    period, day = month_of(book, 40)
    with without_the_lock():
        order, seen_by_close = posting_meets_close(book, period, day)
    assert order == ["closed", "posting ends"]
    assert movement(book, day) != seen_by_close


def posting_meets_close(book: BookOf, period, day: date) -> tuple[list[str], tuple[int, int]]:
    """A posting is under way when the close begins; who ended first, and what the close saw."""
    posted, may_commit = threading.Event(), threading.Event()
    order: list[str] = []

    def slow_posting():
        with organization_scope(book.host.id):
            post_journal(book_id=book.id, draft=book.sale(100, effective_on=day))
            posted.set()
            assert may_commit.wait(30)
            order.append("posting ends")

    def close():
        assert posted.wait(30)
        timer = threading.Timer(0.3, may_commit.set)
        timer.start()
        seen = closer(book, period, day, 0, threading.Barrier(1))()
        order.append("closed")
        timer.join()
        return seen

    _, seen_by_close = in_threads(slow_posting, close)
    return order, seen_by_close


def test_the_close_waits_for_a_posting_under_way(book):
    """The same interleaving as the control, on the real thing."""
    period, day = month_of(book, 50)
    order, seen_by_close = posting_meets_close(book, period, day)
    assert order == ["posting ends", "closed"]
    assert movement(book, day) == seen_by_close == (1, 100)


def test_one_key_posted_at_once_is_one_journal(book):
    draft, start = book.sale(777, key="event-1"), threading.Barrier(8)

    def post():
        start.wait(30)
        return book.post(draft)

    assert len(set(in_threads(*[post] * 8))) == 1
    with organization_scope(book.host.id):
        assert balance_at(book.accounts["clearing"]) == 777


def test_one_key_with_two_contents_at_once_refuses_one(book):
    start = threading.Barrier(2)

    def post(amount):
        def run():
            start.wait(30)
            try:
                return book.post(book.sale(amount, key="event-2"))
            except KeyReusedError:
                return None

        return run

    assert in_threads(post(100), post(200)).count(None) == 1
    with organization_scope(book.host.id):
        assert Journal.objects.filter(book_id=book.id, key="event-2").count() == 1


def test_overlapping_batches_in_any_order_do_not_deadlock(book):
    drafts, start = [book.sale(100 + n, key=f"batch-{n}") for n in range(60)], threading.Barrier(4)

    def post(seed):
        def run():
            mixed = random.Random(seed).sample(drafts, len(drafts))
            start.wait(30)
            with organization_scope(book.host.id):
                return frozenset(post_journals(book_id=book.id, drafts=mixed).items())

        return run

    assert len(set(in_threads(*[post(n) for n in range(4)]))) == 1


def test_opening_at_once_opens_one(book):
    start = threading.Barrier(6)

    def open_all():
        start.wait(30)
        with organization_scope(book.host.id):
            again = open_book(alliance_id=book.alliance_id, host_id=book.host.id)
            month = open_period(
                book_id=book.id,
                agreement_id=book.agreement_id,
                starts_on=date(2029, 1, 1),
                ends_on=date(2029, 2, 1),
            )
            opened = open_accounts(
                book_id=book.id,
                specs=[AccountSpec(book.host.id, None, "JPY", AccountKind.BANK)],
            )
        return again, month, *opened.values()

    assert len(set(in_threads(*[open_all] * 6))) == 1


def test_hot_accounts_take_many_writers(book):
    """No running balance to queue for: eight writers on the same three accounts, and the sums are right."""
    start = threading.Barrier(8)

    def post(seed):
        def run():
            start.wait(30)
            for n in range(10):
                book.post(
                    JournalDraft(
                        f"hot-{seed}-{n}",
                        "sale",
                        None,
                        date(2026, 1, 1),
                        book.sale().occurred_at,
                        (Leg(book.accounts["book_clearing"], 7), Leg(book.accounts["suspense"], -7)),
                    )
                )

        return run

    in_threads(*[post(n) for n in range(8)])
    with organization_scope(book.host.id):
        assert balance_at(book.accounts["book_clearing"]) == 560
        assert balance_at(book.accounts["suspense"]) == -560
