"""Real workers, killed for real: a Celery worker with two children, and a beat, on the test's database.

    with Processes(imports=["tests.races.kernel.lamps_in_worker"]) as processes:
        processes.start_worker()
        processes.start_beat()
        processes.kill_a_child()      # SIGKILL
        processes.kill_worker()       # SIGKILL of parent and children; start_worker() again
        processes.flush_broker()      # everything Redis knew is gone
        wait_until(lambda: ..., seconds=60, what=lambda: processes.told("the import"))

They run on a Redis database of their own and commit for real: use the `committed` fixture. Time runs fast in
them (`tests.races.program`): beat sends everything each two seconds, leases last two or three, so that a test waits
seconds where production waits a minute. Leaving the block ends every process by its own process group.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Collection, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path
from typing import Self
from urllib.parse import urlsplit, urlunsplit

import psutil
import redis
from django.conf import settings
from django.db import connections

from alliance.celery import app
from alliance.embedded.database_url import with_database
from alliance.environment import broker

ROOT = Path(__file__).resolve().parents[2]
_CHILDREN = 2
_FIRST_REDIS_DATABASE, _REDIS_DATABASES = 8, 8
_DATABASE_KEYS = ("DATABASE_URL", "DATABASE_OWNER_URL", "DATABASE_OPERATOR_URL")


def wait_until(condition: Callable[[], bool], *, seconds: float, what: str | Callable[[], str] = "it") -> float:
    """Wait until `condition` holds; the seconds it took. Raises AssertionError, naming `what`, when the time is over."""
    began = time.monotonic()
    while not condition():
        if time.monotonic() - began > seconds:
            message = f"Waited {seconds:.0f} s in vain for {what() if callable(what) else what}."
            raise AssertionError(message)
        time.sleep(0.1)
    return time.monotonic() - began


@dataclass
class Processes:
    """A worker and a beat on the test's database, ended when the block is left. `imports` are loaded in each."""

    imports: Sequence[str] = ()
    environment: dict[str, str] = field(default_factory=dict)
    kills: int = 0
    _running: dict[str, psutil.Process] = field(default_factory=dict)
    _nursery: subprocess.Popen[str] | None = None
    _directory: tempfile.TemporaryDirectory[str] = field(default_factory=tempfile.TemporaryDirectory)

    def __enter__(self) -> Self:
        self.flush_broker()
        return self

    def __exit__(self, *_: object) -> None:
        for name in list(self._running):
            self._end(name)
        if self._nursery is not None:
            with self._nursery:  # the end of its input ends it
                pass
        self.flush_broker()
        self._directory.cleanup()

    def start_worker(self, name: str = "worker", *, waits: bool = True) -> None:
        """Start a worker on all queues with two children, and wait until both are there. Several have names of their own."""
        self._start(name)
        if waits:
            wait_until(
                lambda: len(self.children(name)) >= _CHILDREN, seconds=120, what=lambda: self.told("the children")
            )

    def start_beat(self) -> None:
        """Start a beat whose every entry comes at least each two seconds."""
        self._start("beat")

    def kill_a_child(self, among: Collection[int] | None = None) -> bool:
        """SIGKILL one of the workers' children, or of those `among` them, at random; False when there is none at the moment."""
        children = [child for name in self._running if name != "beat" for child in self.children(name)]
        if among is not None:
            children = [child for child in children if child.pid in among]
        try:
            random.choice(children).kill()
        except (IndexError, psutil.NoSuchProcess):
            return False
        self.kills += 1
        return True

    def kill_worker(self, name: str = "worker") -> None:
        """SIGKILL the worker and its children at once."""
        self._end(name)
        self.kills += 1

    def flush_broker(self) -> None:
        """Lose everything that Redis knew."""
        with redis.Redis.from_url(_redis_url()) as client:
            client.flushdb()

    @contextmanager
    def hinted(self, task: str, queue: str, *, waiting: int) -> Iterator[None]:
        """Inside the block that many messages of `task`, without arguments, wait in the queue at any time."""
        is_over = threading.Event()

        def hint() -> None:
            with app.connection(broker(_redis_url())) as connection:
                while not is_over.wait(0.03):
                    for _ in range(waiting - connection.default_channel._size(queue)):
                        app.send_task(task, queue=queue, connection=connection, ignore_result=True)

        thread = threading.Thread(target=hint)
        thread.start()
        try:
            yield
        finally:
            is_over.set()
            thread.join()

    def log(self, name: str) -> str:
        """What "worker" or "beat" has printed."""
        path = self._log_path(name)
        return path.read_text(errors="replace") if path.exists() else ""

    def told(self, what: str) -> str:
        """`what` and the ends of both logs, for the message of a wait that was in vain."""
        return f"{what}\nworker: {self.log('worker')[-3000:]}\nbeat: {self.log('beat')[-1000:]}"

    def _log_path(self, name: str) -> Path:
        return Path(self._directory.name) / f"{name}.log"

    def _start(self, name: str) -> None:
        nursery = self._nursery = self._nursery or self._open_nursery()
        nursery.stdin.write(f"{name} {self._log_path(name)}\n")
        nursery.stdin.flush()
        answer = nursery.stdout.readline()
        if not answer:
            raise AssertionError(self.told("The program that starts processes has ended."))
        self._running[name] = psutil.Process(int(answer))

    def _open_nursery(self) -> subprocess.Popen[str]:
        with self._log_path("worker").open("ab") as log:
            return subprocess.Popen(
                [
                    sys.executable,
                    "-m",
                    "tests.races.program",
                    str(Path(self._directory.name) / "schedule"),
                    *self.imports,
                ],
                cwd=ROOT,
                env={**os.environ, **_variables(), **self.environment},
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=log,
                text=True,
            )

    def children(self, name: str = "worker") -> list[psutil.Process]:
        """The processes that do that worker's work, at this moment."""
        process = self._running.get(name)
        try:
            return process.children() if process else []
        except psutil.NoSuchProcess:
            return []

    def _end(self, name: str) -> None:
        process = self._running.pop(name, None)
        if process is None:
            return
        with suppress(ProcessLookupError):
            os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def _variables() -> dict[str, str]:
    """The environment that leads a process to this test's database and to a Redis database of its own."""
    name = connections["default"].settings_dict["NAME"]
    urls = {key: with_database(os.environ[key], name) for key in _DATABASE_KEYS}
    return {
        **urls,
        "REDIS_URL": _redis_url(),
        "BROKER_REDIS_URL": _redis_url(),
        "PYTHONWARNINGS": "ignore",
        "CELERY_SKIP_CHECKS": "1",
    }


def _redis_url() -> str:
    number = _FIRST_REDIS_DATABASE + os.getpid() % _REDIS_DATABASES
    parts = urlsplit(settings.REDIS_URL)
    if parts.scheme == "unix":
        return f"unix://{parts.path}?db={number}"
    return urlunsplit(parts._replace(path=f"/{number}"))
