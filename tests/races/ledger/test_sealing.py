"""Seals are made while others post: each journal is sealed once, and none is passed over. The control shows the danger."""

import random
import threading
from contextlib import contextmanager

import pytest
from django.db import connections

from alliance.kernel.tenancy import across_organizations, organization_scope
from settlements.models import Book, Journal, Seal, SealedJournal
from settlements.proof.services.seal_books import seal_books
from settlements.proof.services.seal_journals import seal_journals
from settlements.proof.verifying import verify_book
from settlements.services.post_journal import post_journals
from tests.contract.settlements.ledger.attackers import open_connection
from tests.contract.settlements.ledger.books import BookOf, a_book
from tests.races.together import together

WRITERS, SEALERS, ROUNDS = 3, 2, 12


@pytest.fixture
def book(committed) -> BookOf:
    return a_book()


def seal(book) -> int:
    with organization_scope(book.host.id):
        return seal_journals(book_id=book.id)


def posting(book, seed):
    """Batches of all sizes, some of which stay open for a moment before they commit."""
    chance = random.Random(seed)

    def act():
        for round_ in range(ROUNDS):
            drafts = [book.sale(100 + n, key=f"{seed}-{round_}-{n}") for n in range(chance.choice((1, 2, 20)))]
            with organization_scope(book.host.id):
                post_journals(book_id=book.id, drafts=drafts)
                threading.Event().wait(chance.choice((0, 0, 0.01)))

    return act


def sealing(book, seed):
    chance = random.Random(seed)

    def act():
        for _ in range(2 * ROUNDS):
            seal(book)
            threading.Event().wait(chance.uniform(0, 0.01))

    return act


def numbered(book) -> tuple[list[int], int]:
    """The numbers given, and how many journals there are."""
    with organization_scope(book.host.id):
        numbers = SealedJournal.objects.filter(book_id=book.id).order_by("number").values_list("number", flat=True)
        return list(numbers), Journal.objects.filter(book_id=book.id).count()


@pytest.mark.parametrize("seed", range(4))
def test_whatever_is_posted_meanwhile_is_sealed_once(book, seed):
    acts = [posting(book, 10 * seed + n) for n in range(WRITERS)] + [sealing(book, n) for n in range(SEALERS)]
    assert [result for result in together(*acts) if result is not None] == []
    seal(book)
    numbers, count = numbered(book)
    assert numbers == list(range(1, count + 1))
    with across_organizations(reason="a test"), _one_state():
        verdict = verify_book(Book.objects.get(pk=book.id))
    assert (verdict.finding, verdict.journal_count, verdict.unsealed_count) == (None, count, 0)
    assert verdict.seal_count > 1


@contextmanager
def _one_state():
    from alliance.kernel.tenancy import atomic

    with atomic():
        connections["operator"].cursor().execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ")
        yield


def late_commit(book) -> tuple[int, int]:
    """A journal is posted, its transaction stays open; another posts after it and is sealed; then the first commits."""
    posted, may_commit = threading.Event(), threading.Event()
    sealed = []

    def slow():
        with organization_scope(book.host.id):
            post_journals(book_id=book.id, drafts=[book.sale(100, key="slow")])
            posted.set()
            assert may_commit.wait(10)

    def quick():
        assert posted.wait(10)
        try:
            book.post(book.sale(200, key="quick"))
            sealed.append(seal(book))
        finally:
            may_commit.set()

    assert together(slow, quick) == [None, None]
    sealed.append(seal(book))
    return tuple(sealed)


def test_what_commits_late_is_sealed_late_and_nobody_waits_for_it(book):
    assert late_commit(book) == (1, 1)
    with organization_scope(book.host.id):
        keys = SealedJournal.objects.filter(book_id=book.id).order_by("number").values_list("journal__key", flat=True)
        assert list(keys) == ["quick", "slow"]
        assert Seal.objects.filter(book_id=book.id).count() == 2


@contextmanager
def looking_from_the_last_number():
    """The same function, but each seal begins behind the highest transaction that the one before has seen."""
    with open_connection("owner") as connection:
        (guarded,) = connection.execute(b"SELECT pg_get_functiondef('ledger_seal_journals'::regproc)").fetchone()
        naive = guarded.replace("pg_snapshot_xmin(pg_current_snapshot())", "pg_snapshot_xmax(pg_current_snapshot())")
        assert naive != guarded
        connection.execute(naive.encode())
        connection.commit()
        try:
            yield
        finally:
            connection.execute(guarded.encode())
            connection.commit()


def test_without_the_oldest_transaction_in_view_one_is_lost(book):
    """The control: the late one lies below what was called settled, and is never sealed."""
    with looking_from_the_last_number():
        assert late_commit(book) == (1, 0)
    numbers, count = numbered(book)
    assert (numbers, count) == ([1], 2)


def test_the_clock_seals_every_book_and_one_that_fails_hinders_none(book, monkeypatch):
    from django.db import DatabaseError

    from settlements.proof.services import seal_books as module

    other = a_book()
    for each in (book, other):
        each.post(each.sale())

    def failing(*, book_id):
        if book_id == book.id:
            message = "a broken book"
            raise DatabaseError(message)
        return seal_journals(book_id=book_id)

    monkeypatch.setattr(module, "seal_journals", failing)
    assert seal_books() >= 1
    assert numbered(other)[0] == [1]
    monkeypatch.undo()
    assert seal_books() >= 1
    assert numbered(book)[0] == [1]
