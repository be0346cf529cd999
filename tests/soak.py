"""`make soak`: payouts under thousands of kills, on a server of its own that is crashed too. Not part of the test run.

    python -m tests.soak --kills 5000
    python -m tests.soak --naive         # the control: payments without an answer are sent anew, and that must be found

Round after round some hosts pay eight partners each, while two workers, their children and PostgreSQL (`-m immediate`) are
killed, the broker forgets and every message comes twice. Each round ends with the same check as the chaos test, of every host.

What makes it quick is that little is started: children are forked by workers, workers by one process that has loaded everything
(`tests.races.program`), and a second worker goes on while the first comes up again. A kill counts when it ends a process that
holds payouts at that moment, a whole worker, or the database.
"""

import argparse
import os
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path

import tests.environment  # noqa: F401  finds the servers before Django reads its settings
from alliance.embedded.environment import provide
from alliance.embedded.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local" / "soak"
_HOSTS = 4
_WORKERS = ("worker", "worker2")
_ODDS = (0.4, 0.1, 0.2)  # of dying at a place, by turns: with small odds a worker gets further before it dies
_PATIENCE = {"LEASE_SECONDS": "0.2", "LATEST_SECONDS": "0.4"}
_QUEUES = {"WORKER_QUEUES": "money"}  # nobody dies for a mail here; the kernel's kill tests see to those
_ROUND_SECONDS = 1800
_EACH_KILLS = {
    "worker": 25,
    "broker": 25,
    "database": 30,
}  # so often is one of them hit, besides a busy child each time
_TICK = 0.1
_HINTS = 4  # messages that wait for a worker: enough that a fresh child finds one


def main() -> int:
    """Run until that many kills were survived; 1 and the problems when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=5000)
    parser.add_argument("--hosts", type=int, default=_HOSTS)
    parser.add_argument("--naive", action="store_true", help="run the control, which must be caught")
    wanted = parser.parse_args()
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that every block ends what it started
    servers = Servers(STATE, is_throwaway=True)
    os.environ.update(provide(servers, {}))
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
    import django

    django.setup()
    from django.conf import settings

    from tests.databases import cloned_database

    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2PasswordHasher", *settings.PASSWORD_HASHERS[1:]]
    with cloned_database("soak"):
        if wanted.naive:
            return _control(servers, wanted.hosts)
        return _soak(servers, wanted.hosts, wanted.kills)


def _soak(servers: Servers, hosts: int, wanted: int) -> int:
    kills, rounds, began = Counter[str](), 0, time.monotonic()
    while kills.total() < wanted:
        problems = Round(servers, rounds, hosts, kills).run()
        rounds += 1
        minutes = (time.monotonic() - began) / 60
        _say(
            f"round {rounds}: {kills.total()} kills, {minutes:.1f} min, {kills.total() / minutes:.0f} a minute, "
            f"{len(problems)} problems"
        )
        if problems:
            _say("\n".join(problems))
            return 1
    _say(", ".join(f"{place} {times}" for place, times in kills.most_common()))
    _say(f"{rounds} rounds, {rounds * hosts * 8} payouts, {kills.total()} kills: each payout left exactly once.")
    return 0


def _control(servers: Servers, hosts: int) -> int:
    kills = Counter[str]()
    naive = ("tests.races.settlements.naive_payouts",)
    problems = Round(servers, 0, hosts, kills, imports=naive, disturbed_kills=100, is_control=True).run()
    _say("\n".join(problems))
    twice = sum("was paid" in problem for problem in problems)
    _say(f"{kills.total()} kills; the naive way paid {twice} payouts more than once.")
    return 0 if twice else 1


def _say(text: str) -> None:
    sys.stdout.write(text + "\n")
    sys.stdout.flush()


@dataclass
class Round:
    """Some hosts pay, are disturbed, come to an end and are checked. Its kills are added to `kills`, by place."""

    servers: Servers
    number: int
    hosts: int
    kills: Counter[str]
    imports: tuple[str, ...] = ()
    deaths_each: int = 40  # at each of the ten places where a worker dies
    disturbed_kills: int = 500  # then the round is left to come to its end
    is_control: bool = False  # then it is over: what pays anew without end never settles
    _outside: int = 0
    _next: dict[str, int] = field(default_factory=dict)

    def run(self) -> list[str]:
        """Everything that does not hold, in words."""
        from tests.races.processes import Processes
        from tests.races.settlements.payout_chaos import Paying, bank_process

        with tempfile.TemporaryDirectory() as folder, bank_process(Path(folder), lose=5) as (port, store):
            self.deaths, self.busy = Path(folder) / "deaths", Path(folder) / "busy"
            environment = self._environment(port)
            with Processes([*self.imports, "tests.races.settlements.dying_payouts"], environment) as processes:
                for name in _WORKERS:
                    processes.start_worker(name, waits=False)
                processes.start_beat()
                payings = [Paying(number=number) for number in range(self.hosts)]
                for paying in payings:
                    paying.send()
                with processes.hinted("settlements.payouts.carry_out", "money", waiting=_HINTS):
                    is_settled = self._until_settled(payings, processes)
                if not is_settled:
                    _say(processes.told("a settled round"))
            self.kills.update(path.name.partition(".")[0] for path in self.deaths.iterdir())
            problems = [problem for paying in payings for problem in paying.problems(store)]
            problems += _payments_of_nobody(store, payings)
        return problems if is_settled else [f"not settled within {_ROUND_SECONDS} s", *problems]

    def _environment(self, port: int) -> dict[str, str]:
        """Of the workers, and for the payments that this process prepares."""
        from django.conf import settings

        from tests.races.settlements.payout_chaos import worker_environment

        self.deaths.mkdir()
        self.busy.mkdir()
        deaths = {"DEATHS_EACH": str(self.deaths_each), "DEATH_ODDS": str(_ODDS[self.number % len(_ODDS)])}
        environment = worker_environment(port, self.deaths, BUSY=str(self.busy), **deaths, **_PATIENCE, **_QUEUES)
        for name in ("PAYOUT_SANDBOX_URL", "PAYOUT_SANDBOX_KEY", "PAYOUT_SANDBOX_SECRET"):
            setattr(settings, name, environment[name])
        return environment

    def _until_settled(self, payings, processes) -> bool:
        """Disturb for a while; then let it come to its end."""
        began, tick, open_ones = time.monotonic(), 0, list(payings)
        while time.monotonic() - began < _ROUND_SECONDS:
            paying = open_ones[tick % len(open_ones)]
            paying.hear(most=1)
            if paying.is_settled():
                open_ones.remove(paying)
            if not open_ones:
                return True
            if self._died() < self.disturbed_kills:
                self._disturb(processes, tick)
            elif self.is_control:
                return True
            tick += 1
            time.sleep(_TICK)
        return False

    def _disturb(self, processes, tick: int) -> None:
        """What is due after so many deaths: busy children die, whole workers by turns, the broker forgets, the database crashes."""
        if tick % 4 == 0 and processes.kill_a_child(among=self._busy()):
            self._count("a busy child")
        if self._is_due("worker"):
            name = _WORKERS[tick % len(_WORKERS)]
            processes.kill_worker(name)
            processes.start_worker(name, waits=False)
            self._count("a whole worker")
        if self._is_due("broker"):
            processes.flush_broker()
        if self._is_due("database"):
            _crash_database(self.servers)
            self._count("the database")

    def _count(self, victim: str) -> None:
        self._outside += 1
        self.kills[victim] += 1

    def _died(self) -> int:
        return self._outside + len(list(self.deaths.iterdir()))

    def _is_due(self, what: str) -> bool:
        if self._died() < self._next.setdefault(what, _EACH_KILLS[what]):
            return False
        self._next[what] = self._died() + _EACH_KILLS[what]
        return True

    def _busy(self) -> set[int]:
        return {int(path.name) for path in self.busy.iterdir()}


def _crash_database(servers: Servers) -> None:
    """PostgreSQL as after a power cut: stopped at once, recovered at the next start."""
    from django.db import connections

    for alias in connections:
        connections[alias].close()
    pid = int((servers.postgres.directories.postgres / "postmaster.pid").read_text(encoding="ascii").split()[0])
    os.kill(pid, signal.SIGQUIT)
    deadline = time.monotonic() + 30
    while servers.postgres.is_answering() and time.monotonic() < deadline:
        time.sleep(0.05)
    servers.postgres.start()


def _payments_of_nobody(store: Path, payings) -> list[str]:
    """Whatever the bank has taken is a payout of one of them."""
    known = {(payout.reference, payout.amount_minor) for paying in payings for payout in paying.payouts()}
    with closing(sqlite3.connect(store)) as bank:
        taken = set(bank.execute("SELECT reference, amount_minor FROM payment"))
    return [f"{reference} over {amount} is nobody's" for reference, amount in taken - known]


if __name__ == "__main__":
    sys.exit(main())
