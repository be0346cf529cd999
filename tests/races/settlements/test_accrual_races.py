"""Accruals and closes at the same time, on real connections: everything once, on exactly one statement."""

import os
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from fractions import Fraction

import pytest
from django.db import connections

from alliance.kernel.tenancy import organization_scope
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Accrual, AccrualShare, Journal, Period, Statement, StatementLine, SuspenseItem
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from tests.cast import alliance_of, full_cast, host_organization, join, partner_organization, signed_agreement
from tests.orders import OrderOf, recorded
from tests.outbox import deliver_all

pytestmark = pytest.mark.usefixtures("committed")

JANUARY = datetime(2026, 1, 15, 12, 0, tzinfo=UTC)
FEBRUARY = datetime(2026, 2, 3, 12, 0, tzinfo=UTC)
WRITERS = 50


def at_once(*functions):
    """Run the functions on threads that start together; their answers, or what they raised."""
    barrier = threading.Barrier(len(functions))

    def run(function):
        try:
            barrier.wait(timeout=10)
            return function()
        except Exception as error:  # noqa: BLE001  the test looks at it
            return error
        finally:
            for alias in connections:
                connections[alias].close()

    with ThreadPoolExecutor(len(functions)) as pool:
        return list(pool.map(run, functions))


def accrue(party, ids, now=JANUARY):
    with organization_scope(party.id):
        return accrue_conversions(actor=party.system, conversion_ids=ids, now=now)


def test_s19_five_threads_accrue_one_batch_once():
    cast = full_cast()
    ids = recorded(cast.alliance, [OrderOf(100 + n) for n in range(60)], now=JANUARY)
    shuffled = [ids[n:] + ids[:n] for n in (0, 10, 20, 30, 40)]
    answers = at_once(*(lambda batch=batch: accrue(cast.host, batch) for batch in shuffled))
    assert sum(answer.accrued for answer in answers) == 60
    with organization_scope(cast.host.id):
        assert Accrual.objects.filter(host_id=cast.host.id).count() == 60
        assert AccrualShare.objects.filter(host_id=cast.host.id).count() == 120
        book = find_book(alliance_id=cast.alliance.id)
        assert Journal.objects.filter(book_id=book.id).count() == 60
        assert trial_balance(book.id).is_balanced


@pytest.mark.parametrize("_round", range(5))
def test_suspense_and_agreement_at_once_end_in_one_place(_round):
    """The message of the recording races the one of the match: the money is accrued, and nothing waits."""
    host, south = host_organization(), partner_organization()
    alliance = alliance_of(host)
    join(alliance, south, code="south")
    ids = recorded(alliance, [OrderOf(700, "south"), OrderOf(300, "south")], now=JANUARY)

    def sign():
        signed_agreement(alliance, [(host, Fraction(1, 2)), (south, Fraction(1, 2))])
        deliver_all(host.id)

    answers = at_once(lambda: accrue(host, ids), sign, lambda: accrue(host, list(reversed(ids))))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    deliver_all(host.id)
    with organization_scope(host.id):
        assert Accrual.objects.count() == 2
        assert not SuspenseItem.objects.filter(released_at__isnull=True).exists()
        assert trial_balance(find_book(alliance_id=alliance.id).id).is_balanced


@pytest.mark.parametrize("seed", range(int(os.environ.get("RACE_ROUNDS", "3"))))
def test_s18_every_accrual_that_races_a_close_is_on_exactly_one_statement(seed):
    """Fifty writers against one close. `make races` plays two hundred rounds, each with the close a bit later."""
    cast = full_cast()
    ids = recorded(cast.alliance, [OrderOf(100 + n, occurred_at=JANUARY) for n in range(20 + WRITERS)], now=JANUARY)
    accrue(cast.host, ids[:20])
    with organization_scope(cast.host.id):
        january = Period.objects.get().id

    def close():
        threading.Event().wait(0.01 * (seed % 20))
        with organization_scope(cast.host.id):
            return close_period(actor=cast.host.system, period_id=january, now=FEBRUARY)

    answers = at_once(close, *(lambda id_=id_: accrue(cast.host, [id_], FEBRUARY) for id_ in ids[20:]))
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    with organization_scope(cast.host.id):
        for period in Period.objects.filter(status="open"):
            close_period(actor=cast.host.system, period_id=period.id, now=FEBRUARY + timedelta(days=60))
    with organization_scope(cast.north.id):
        lines = list(StatementLine.objects.values_list("accrual__conversion_id", flat=True))
        assert sorted(lines) == sorted(ids)
        statements = list(Statement.objects.order_by("starts_on"))
        assert sum(s.current_minor + s.prior_minor for s in statements) == statements[-1].closing_minor
        shares = AccrualShare.objects.filter(organization_id=cast.north.id).values_list("share_minor", flat=True)
        assert statements[-1].closing_minor == sum(shares)


def test_two_closes_at_once_make_one():
    cast = full_cast()
    accrue(cast.host, recorded(cast.alliance, [OrderOf(100)] * 1, now=JANUARY))
    with organization_scope(cast.host.id):
        january = Period.objects.get().id

    def close():
        with organization_scope(cast.host.id):
            return close_period(actor=cast.host.system, period_id=january, now=FEBRUARY)

    answers = at_once(*[close] * 4)
    assert sorted(answer.closed_now for answer in answers) == [False, False, False, True]
    with organization_scope(cast.host.id):
        assert Statement.objects.count() == 2


def test_months_opened_at_once_are_opened_once():
    cast = full_cast()
    orders = [OrderOf(100, occurred_at=datetime(2025, month, 15, tzinfo=UTC)) for month in range(1, 13)]
    ids = recorded(cast.alliance, orders, now=JANUARY)
    answers = at_once(
        *(lambda batch=batch: accrue(cast.host, batch) for batch in (ids, ids[::-1], ids[::2], ids[1::2]))
    )
    assert not [answer for answer in answers if isinstance(answer, Exception)]
    with organization_scope(cast.host.id):
        assert Period.objects.count() == 12
        assert Accrual.objects.count() == 12
