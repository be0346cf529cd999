"""One run of the demo from its first step to its last: prepare, start, watch, stop."""

from __future__ import annotations

import fcntl
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import IO

from alliance.demo.children import Program
from alliance.demo.guardian import Guardian
from alliance.demo.installation import CHECKOUT, Installation
from alliance.demo.ports import FIRST_PORT, HOST, first_free_port, not_ready_because
from alliance.demo.prepare import printed_by
from alliance.demo.supervisor import Stop, Supervisor
from alliance.embedded.environment import provide, wanted_servers
from alliance.embedded.processes import is_alive
from alliance.embedded.roles import drop_database_made_here

_QUEUES = "money,events,mail,learning,reports,webhooks"
_READY_SECONDS = 120
_TAKEOVER_SECONDS = 30


def run_demo(installation: Installation, given: Mapping[str, str]) -> int:
    """Start everything, print where it is, and stay until told to stop; then stop all that was started.

    Returns the exit status: 0 after an orderly stop or when the demo already runs, 1 when a step failed. Raises
    LauncherError when servers cannot be provided.
    """
    installation.create()
    with installation.open_lock() as lock:
        if not _take(lock):
            _say(f"The demo is already running: {_note(lock)[1]}")
            return 0
        _write_note(lock, "starting")
        guardian = Guardian(installation, lock.fileno())
        stop = Stop()
        try:
            with stop.on_signals(), _servers(installation, given, guardian) as variables:
                return _serve(installation, {**given, **variables}, (guardian, stop), lock)
        finally:
            _write_note(lock, "stopped")
            guardian.dismiss()


def reset_demo(installation: Installation, given: Mapping[str, str]) -> int:
    """Delete the demo's data and nothing else; returns 1 when it is running.

    On a server of your own the database is dropped only if the demo created it.
    """
    if not installation.state.exists():
        _say("There is no demo to reset.")
        return 0
    with installation.open_lock() as lock:
        if not _take(lock):
            _say("The demo is running: stop it first.")
            return 1
        if not wanted_servers(given).postgres:
            _reset_given_database(given)
        installation.servers.reset()
        shutil.rmtree(installation.state)
    _say("The demo's data is deleted.")
    return 0


def _reset_given_database(given: Mapping[str, str]) -> None:
    admin_url = given.get("DATABASE_ADMIN_URL") or given["DATABASE_URL"]
    if not drop_database_made_here(admin_url):
        _say("The database of DATABASE_URL was not created by the demo and is left as it is.")


@contextmanager
def _servers(installation: Installation, given: Mapping[str, str], guardian: Guardian) -> Iterator[dict[str, str]]:
    """Servers and roles, and the whole environment that leads to them; what was started here is stopped after."""
    wanted = wanted_servers(given)
    is_ours = False
    try:
        if wanted.postgres or wanted.valkey:
            _say("Starting PostgreSQL and Valkey")
            guardian.watch_servers()
            is_ours = installation.servers.up(wanted)
            if not is_ours:
                # Somebody started them before and may still need them.
                guardian.forget_servers()
        yield installation.variables(given) | provide(installation.servers, given)
    finally:
        if is_ours:
            installation.servers.down()
            guardian.forget_servers()


def _serve(
    installation: Installation,
    environment: Mapping[str, str],
    keepers: tuple[Guardian, Stop],
    lock: IO[str],
) -> int:
    guardian, stop = keepers
    port = first_free_port(environment.get("PORT") or FIRST_PORT)
    url = f"http://localhost:{port}"
    bank_port = first_free_port(port + 1)
    environment = {
        "SITE_URL": url,
        **_own_receiver(port, bank_port),
        **_own_bank(installation, bank_port),
        **environment,
    }
    if not _prepare(installation, environment):
        return 1
    if stop.is_asked:
        return 0
    supervisor = Supervisor(guardian, _say)
    try:
        _say("Starting web, worker, beat and the sandbox bank")
        programs = [*_programs(installation, port), _bank(installation, bank_port, environment)]
        supervisor.start(programs, {**environment, **_QUIET_ROOT}, CHECKOUT)
        if not _wait_until_ready(supervisor, stop, port):
            return 0 if stop.is_asked else _give_up(installation, port)
        _write_note(lock, url)
        logins = printed_by("seed_demo", installation.logs)
        _say(f"\nThe demo is ready: {url}/\n\n{logins}\n\nLogs: {installation.logs}\nStop with Ctrl-C.")
        supervisor.watch(stop)
    finally:
        _say("\nStopping")
        supervisor.stop()
    return 0


# The worker accepts JSON only, so root's usual danger (code inside a pickled message) does not exist here.
_QUIET_ROOT = {"PYTHONWARNINGS": "ignore:You're running the worker with superuser privileges"}


def _own_receiver(port: int, bank_port: int) -> dict[str, str]:
    """What lets the demo's webhooks and payouts reach the demo's own receiver and bank, and nothing else on this machine."""
    return {
        "OUTGOING_HTTP_PLAIN": "1",
        "OUTGOING_HTTP_PORTS": f"443,80,8443,{port},{bank_port}",
        "OUTGOING_HTTP_ALLOWED_NETWORKS": "127.0.0.1/32,::1/128",
        "WEBHOOK_SENDERS": "1",
    }


def _own_bank(installation: Installation, port: int) -> dict[str, str]:
    """Where the demo's payouts go, and what it and its bank know each other by."""
    return {"PAYOUT_SANDBOX_URL": f"http://{HOST}:{port}", **installation.bank_secrets()}


def _bank(installation: Installation, port: int, environment: Mapping[str, str]) -> Program:
    """The sandbox bank. It takes half a minute to pay, so that one sees payments on their way."""
    arguments = [
        *("--port", str(port), "--store", str(installation.state / "bank.db"), "--delay", "30"),
        *("--notify", f"{environment['SITE_URL']}/gateways/sandbox/events/"),
    ]
    return Program("bank", [sys.executable, "-m", "alliance.demo.gateway", *arguments], installation.logs / "bank.log")


def _programs(installation: Installation, port: int) -> list[Program]:
    granian = ["granian", "--interface", "wsgi", "--host", HOST, "--port", str(port), "--workers", "1"]
    celery = ["celery", "-A", "alliance.celery"]
    commands = {
        "web": [*granian, "--blocking-threads", "4", "alliance.wsgi:application"],
        "worker": [*celery, "worker", "-Q", _QUEUES, "--concurrency", "2", "--without-mingle", "--without-gossip"],
        "beat": [*celery, "beat", "--schedule", str(installation.schedule), "--pidfile", ""],
    }
    return [
        Program(name, [sys.executable, "-m", *arguments], installation.logs / f"{name}.log")
        for name, arguments in commands.items()
    ]


def _prepare(installation: Installation, environment: Mapping[str, str]) -> bool:
    """Run the steps before the start; False when one failed, which it has then said itself."""
    with (installation.logs / "prepare.log").open("w", encoding="utf-8") as log:
        done = subprocess.run(
            [sys.executable, "-m", "alliance.demo.prepare", str(installation.logs)],
            check=False,
            env=dict(environment),
            cwd=CHECKOUT,
            stdin=subprocess.DEVNULL,
            stderr=log,
            # Ctrl-C must not cut a step in half: the stop comes right after it.
            start_new_session=True,
        )
    if done.returncode:
        _say(_end((installation.logs / "prepare.log").read_text(encoding="utf-8", errors="replace")))
    return not done.returncode


def _wait_until_ready(supervisor: Supervisor, stop: Stop, port: int) -> bool:
    deadline = time.monotonic() + _READY_SECONDS
    while not_ready_because(f"http://{HOST}:{port}/readyz") is not None:
        if stop.wait(0.5) or time.monotonic() > deadline:
            return False
        supervisor.tend()
    return True


def _give_up(installation: Installation, port: int) -> int:
    reason = not_ready_because(f"http://{HOST}:{port}/readyz")
    web_log = (installation.logs / "web.log").read_text(encoding="utf-8", errors="replace")
    _say(f"The demo did not get ready: {reason}\n{_end(web_log)}\nAll logs are in {installation.logs}.")
    return 1


def _end(text: str) -> str:
    return "\n".join(text.splitlines()[-25:])


def _take(lock: IO[str]) -> bool:
    """Take the lock; a guardian that is still cleaning up after a killed supervisor is waited for."""
    deadline = time.monotonic() + _TAKEOVER_SECONDS
    while True:
        try:
            fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            supervisor = _note(lock)[0]
            if (supervisor and is_alive(supervisor)) or time.monotonic() > deadline:
                return False
            time.sleep(0.1)
        else:
            return True


def _note(lock: IO[str]) -> tuple[int, str]:
    lock.seek(0)
    number, _, words = lock.read().strip().partition(" ")
    return int(number) if number.isdigit() else 0, words


def _write_note(lock: IO[str], words: str) -> None:
    lock.seek(0)
    lock.truncate()
    lock.write(f"{os.getpid()} {words}\n")
    lock.flush()


def _say(words: str) -> None:
    # Nobody listening any more is no reason to leave processes behind.
    with suppress(BrokenPipeError):
        sys.stdout.write(f"{words}\n")
        sys.stdout.flush()
