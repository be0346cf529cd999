"""`make soak`: payouts under thousands of kills, on a server of its own that is crashed too. Not part of the test run.

    python -m tests.soak --kills 5000

Round after round a host pays eight partners while workers, their children and PostgreSQL (`-m immediate`) are killed, the
broker forgets and every message comes twice. Each round ends with the same check as the chaos test.
"""

import argparse
import os
import signal
import sys
import tempfile
import time
from pathlib import Path

import tests.environment  # noqa: F401  finds the servers before Django reads its settings
from alliance.embedded.environment import provide
from alliance.embedded.servers import Servers

ROOT = Path(__file__).resolve().parent.parent
STATE = ROOT / ".local" / "soak"
_DEATHS = {
    "DEATHS_EACH": "12",
    "DEATH_ODDS": "0.4",
    "LEASE_SECONDS": "0.2",
}  # at each of the ten places where a worker dies
_ROUND_SECONDS = 480  # of which a twelfth is disturbed from outside besides; workers start again after each crash


def crash_database(servers: Servers) -> None:
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


def main() -> int:
    """Run until that many kills were survived; 1 and the problems when something does not hold."""
    parser = argparse.ArgumentParser(prog="python -m tests.soak", description=__doc__)
    parser.add_argument("--kills", type=int, default=5000)
    wanted = parser.parse_args().kills
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(1))  # so that every block ends what it started
    servers = Servers(STATE, is_throwaway=True)
    os.environ.update(provide(servers, {}))
    os.environ["DJANGO_SETTINGS_MODULE"] = "alliance.settings"
    import django

    django.setup()
    from django.conf import settings

    from tests.databases import cloned_database

    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2PasswordHasher", *settings.PASSWORD_HASHERS[1:]]
    kills, rounds, began = 0, 0, time.monotonic()
    with cloned_database("soak"):
        while kills < wanted:
            more, problems = _round(servers, rounds)
            kills, rounds = kills + more, rounds + 1
            minutes = (time.monotonic() - began) / 60
            sys.stdout.write(f"round {rounds}: {kills} kills, {minutes:.1f} min, {len(problems)} problems\n")
            sys.stdout.flush()
            if problems:
                sys.stdout.write("\n".join(problems) + "\n")
                return 1
    sys.stdout.write(f"{rounds} rounds, {rounds * 8} payouts, {kills} kills: each payout left exactly once.\n")
    return 0


def _round(servers: Servers, number: int) -> tuple[int, list[str]]:
    from django.conf import settings

    from tests.races.processes import Processes
    from tests.races.settlements.payout_chaos import Paying, bank_process, disturb, worker_environment

    with tempfile.TemporaryDirectory() as folder:
        deaths = Path(folder) / "deaths"
        deaths.mkdir()
        with bank_process(Path(folder), lose=5) as (port, store):
            environment = worker_environment(port, deaths, **_DEATHS)
            for name in ("PAYOUT_SANDBOX_URL", "PAYOUT_SANDBOX_KEY", "PAYOUT_SANDBOX_SECRET"):
                setattr(settings, name, environment[name])
            paying = Paying()
            with Processes(["tests.races.settlements.dying_payouts"], environment) as processes:
                processes.start_worker()
                processes.start_beat()
                paying.send()
                is_settled = _until_settled(paying, processes, servers, number, disturb)
                kills = processes.kills
                if not is_settled:
                    sys.stdout.write(processes.told("a settled round\n"))
        kills += len(list(deaths.iterdir()))
        problems = [] if is_settled else [f"not settled within {_ROUND_SECONDS} s"]
        return kills, [*problems, *paying.problems(store)]


def _until_settled(paying, processes, servers, number, disturb) -> bool:
    """Disturb every half second, for a while; then let it come to its end."""
    began, disturbances = time.monotonic(), 0
    while time.monotonic() - began < _ROUND_SECONDS:
        paying.hear()
        if paying.is_settled():
            return True
        if time.monotonic() - began < _ROUND_SECONDS / 12:
            disturb(processes, number + disturbances, break_database=lambda: crash_database(servers))
            disturbances += 1
        time.sleep(0.3)
    return False


if __name__ == "__main__":
    sys.exit(main())
