"""A host that pays eight partners through the sandbox bank, and what must hold however the workers die."""

import os
import random
import socket
import sqlite3
import subprocess
import sys
from collections import Counter
from contextlib import closing, contextmanager
from dataclasses import dataclass, field

import psycopg
from django.db import connections

from alliance.embedded.database_url import with_database
from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import organization_scope
from settlements.ledger.models import Entry
from settlements.ledger.selectors import find_book, trial_balance
from settlements.models import Journal, Period
from settlements.payouts.models import Payout, PayoutBatch
from settlements.payouts.services.hear_gateway import hear_gateway
from settlements.services.accrue_conversions import accrue_conversions
from settlements.services.close_period import close_period
from tests.cast import alliance_of, host_organization, join, partner_organization, signed_agreement
from tests.contract.settlements.market import FEBRUARY, JANUARY
from tests.orders import OrderOf, recorded
from tests.payouts import KEY, SECRET, Desk, bank_account_of
from tests.races.processes import ROOT, Processes, wait_until

# What each partner earns of 1,000,000: by their last two digits one is rejected, one returned, two answers are lost.
# Of several hosts at one bank the second's earn 1,000 more, and so on: a reference is one host's own, with its amount it is unique.
EARNS = (10001, 10002, 10003, 10103, 10010, 10020, 10030, 10040)
TOTAL = 1_000_000
FINAL = {"confirmed", "returned"}
# Where `dying_payouts` kills the first worker that comes.
PLACES = (
    "claimed",
    "before_send",
    "after_send",
    "before_look_up",
    "after_look_up",
    "confirm_posted",
    "return_posted",
    "settled_uncommitted",
    "left_open_uncommitted",
    "written_down",
)


@contextmanager
def bank_process(folder, *, delay=0.3, lose=0):
    """The sandbox bank as a process of its own; the address that it listens on, and its store."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    store = folder / "bank.db"
    arguments = ["--port", str(port), "--store", str(store), "--delay", str(delay), "--lose", str(lose)]
    process = subprocess.Popen(
        [sys.executable, "-m", "alliance.demo.gateway", *arguments],
        cwd=ROOT,
        env={**os.environ, "PAYOUT_SANDBOX_KEY": KEY, "PAYOUT_SANDBOX_SECRET": SECRET},
    )
    try:
        wait_until(lambda: _listens(port), seconds=20, what="the bank")
        yield port, store
    finally:
        process.kill()
        process.wait()


def _listens(port):
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


def worker_environment(port, deaths, **more):
    return {
        "PAYOUT_SANDBOX_URL": f"http://127.0.0.1:{port}",
        "PAYOUT_SANDBOX_KEY": KEY,
        "PAYOUT_SANDBOX_SECRET": SECRET,
        "OUTGOING_HTTP_PLAIN": "1",
        "OUTGOING_HTTP_PORTS": str(port),
        "OUTGOING_HTTP_ALLOWED_NETWORKS": "127.0.0.1/32",
        "DEATHS": str(deaths),
        "MESSAGE_COPIES": "2",
        **more,
    }


@dataclass
class Paying:
    """The host, its partners, and a batch that is sent."""

    host: object = field(default_factory=host_organization)
    number: int = 0
    batch_id: object = None

    def __post_init__(self) -> None:
        earns = [earned + 1000 * self.number for earned in EARNS]
        self.alliance = alliance_of(self.host)
        self.partners = [partner_organization(name=f"Partner {n}") for n in range(len(EARNS))]
        for place, partner in enumerate(self.partners):
            join(self.alliance, partner, code=f"p{place}")
        rest = f"{TOTAL - sum(earns)}/{TOTAL}"
        shares = [(self.host, rest), *((p, f"{e}/{TOTAL}") for p, e in zip(self.partners, earns, strict=True))]
        self.agreement = signed_agreement(self.alliance, shares)
        for partner in self.partners:
            bank_account_of(partner, now=JANUARY)
        self.desk = Desk(self.host, self.alliance, gateway="sandbox")
        self._earn()

    def _earn(self):
        ids = recorded(self.alliance, [OrderOf(TOTAL, partner_code="p0", occurred_at=JANUARY)], now=JANUARY)
        with organization_scope(self.host.id):
            accrue_conversions(actor=self.host.system, conversion_ids=ids, now=JANUARY)
            period = Period.objects.get(agreement_id=self.agreement.id)
            close_period(actor=self.host.system, period_id=period.id, now=FEBRUARY)

    def send(self):
        self.batch_id = self.desk.sent(now=utc_now())

    def payouts(self):
        with organization_scope(self.host.id):
            return list(Payout.objects.filter(batch_id=self.batch_id).order_by("reference"))

    def hear(self, copies=2, most=None):
        """The bank's messages, each doubled; of all payouts, or of some that are chosen at random."""
        payouts = self.payouts()
        for payout in random.sample(payouts, len(payouts) if most is None else most):
            for _ in range(copies):
                hear_gateway(key=str(payout.id), now=utc_now())

    def is_settled(self):
        """Paid or back, and the one that the bank returns has come back."""
        states = {payout.amount_minor: payout.state for payout in self.payouts()}
        back = states[10002 + 1000 * self.number]
        return set(states.values()) <= FINAL and back == "returned" and self.is_finished()

    def is_finished(self):
        with organization_scope(self.host.id):
            return PayoutBatch.objects.get(pk=self.batch_id).state == "finished"

    def problems(self, store):
        """Everything that does not hold at the end, in words."""
        return [*self._at_the_bank(store), *self._in_the_books()]

    def _at_the_bank(self, store):
        with closing(sqlite3.connect(store)) as bank:
            taken = Counter(bank.execute("SELECT reference, amount_minor FROM payment WHERE status <> 'rejected'"))
        for payout in self.payouts():
            times = taken[payout.reference, payout.amount_minor]
            if times > 1:
                yield f"{payout.reference} was paid {times} times"
            elif payout.state == "confirmed" and times != 1:
                yield f"{payout.reference} is paid by the books and {times} times by the bank"

    def _in_the_books(self):
        with organization_scope(self.host.id):
            book = find_book(alliance_id=self.alliance.id)
            if not trial_balance(book.id).is_balanced:
                yield "the book does not balance"
            movements = Counter(
                key.rpartition(":")[2]
                for key in Journal.objects.filter(book_id=book.id, kind__startswith="payout_").values_list(
                    "key", flat=True
                )
            )
            yield from self._balances()
        if movements["reserved"] != len(EARNS):
            yield f"money was set aside {movements['reserved']} times"

    def _balances(self):
        for payout in self.payouts_in_scope():
            of_partner = Entry.objects.filter(account__organization_id=payout.organization_id)
            sums = {
                kind: -sum(of_partner.filter(account__kind=kind).values_list("amount_minor", flat=True))
                for kind in ("available", "in_transit")
            }
            expected = payout.amount_minor if payout.state == "returned" else 0
            if sums != {"available": expected, "in_transit": 0}:
                yield f"{payout.reference} is {payout.state}, and its partner has {sums}"

    def payouts_in_scope(self):
        return list(Payout.objects.filter(batch_id=self.batch_id).order_by("reference"))


def cut_connections():
    """Every connection of this database breaks at once, in the middle of whatever it does."""
    name = connections["default"].settings_dict["NAME"]
    for alias in connections:
        connections[alias].close()
    with psycopg.connect(with_database(os.environ["DATABASE_ADMIN_URL"], "postgres"), autocommit=True) as admin:
        admin.execute("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = %s", [name])


def disturb(processes: Processes, number: int, *, break_database=cut_connections):
    """The number-th disturbance: children and whole workers die, the broker forgets, the database breaks off."""
    match number % 4:
        case 0:
            processes.kill_a_child()
        case 1:
            processes.kill_worker()
            processes.start_worker()
        case 2:
            processes.flush_broker()
        case _:
            break_database()
