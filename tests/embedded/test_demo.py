"""The demo's supervisor: children start, come back when they die, and none outlives it, however it ends."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.demo.children import Child, Program
from alliance.demo.guardian import Guardian
from alliance.demo.installation import CHECKOUT, Installation
from alliance.demo.ports import HOST, first_free_port, not_ready_because
from alliance.demo.session import reset_demo, run_demo
from alliance.demo.supervisor import Supervisor
from alliance.embedded.errors import LauncherError
from alliance.embedded.processes import is_alive, wait_until

# A program with a helper of its own, which ignores being asked to stop.
_STUBBORN = """
import os, signal, subprocess, sys, time
signal.signal(signal.SIGTERM, signal.SIG_IGN)
helper = subprocess.Popen([sys.executable, "-c", "import time; time.sleep(60)"])
print(os.getpid(), helper.pid, flush=True)
time.sleep(60)
"""
_PLAIN = "import os, time; print(os.getpid(), flush=True); time.sleep(60)"

# A whole supervisor in a process of its own, so that it can be killed.
_SUPERVISOR = """
import sys
from pathlib import Path
from tests.embedded.test_demo import supervise
supervise(Path(sys.argv[1]))
"""


def _program(directory: Path, name: str, code: str) -> Program:
    return Program(name, [sys.executable, "-c", code], directory / f"{name}.log")


def _pids(log: Path) -> list[int]:
    def has_line() -> bool:
        return log.exists() and log.read_text(encoding="ascii").endswith("\n")

    assert wait_until(has_line, seconds=10)
    return [int(word) for word in log.read_text(encoding="ascii").split()]


def _all_gone(pids: list[int]) -> bool:
    return wait_until(lambda: not any(is_alive(pid) for pid in pids), seconds=15)


def supervise(directory: Path) -> None:
    """Run two programs under a supervisor for ever; called in a process of its own."""
    installation = Installation(directory)
    with installation.open_lock() as lock:
        supervisor = Supervisor(Guardian(installation, lock.fileno()), lambda _words: None)
        programs = [_program(directory, "plain", _PLAIN), _program(directory, "other", _PLAIN)]
        supervisor.start(programs, os.environ, directory)
        time.sleep(60)


@pytest.fixture
def guardian(tmp_path: Path) -> Iterator[Guardian]:
    with (tmp_path / "lock").open("w") as lock:
        keeper = Guardian(Installation(tmp_path), lock.fileno())
        yield keeper
        keeper.dismiss()


def test_stop_ends_children_and_their_helpers(
    tmp_path: Path, guardian: Guardian, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("alliance.demo.supervisor._STOP_SECONDS", 0.5)
    supervisor = Supervisor(guardian, lambda _words: None)
    programs = [_program(tmp_path, "plain", _PLAIN), _program(tmp_path, "stubborn", _STUBBORN)]
    supervisor.start(programs, os.environ, tmp_path)
    pids = [pid for program in programs for pid in _pids(program.log)]
    assert len(pids) == 3
    supervisor.stop()
    assert _all_gone(pids)


def test_a_dead_child_comes_back_after_a_pause(tmp_path: Path, guardian: Guardian) -> None:
    said: list[str] = []
    supervisor = Supervisor(guardian, said.append)
    program = _program(tmp_path, "plain", _PLAIN)
    supervisor.start([program], os.environ, tmp_path)
    first = _pids(program.log)
    os.kill(first[0], signal.SIGKILL)
    assert wait_until(lambda: supervisor.tend() or bool(said), seconds=5)
    supervisor.tend()
    assert len(_pids(program.log)) == 1
    assert wait_until(lambda: supervisor.tend() or len(_pids(program.log)) == 2, seconds=5)
    assert "plain ended (-9)" in said[0]
    supervisor.stop()
    assert _all_gone(_pids(program.log))


def test_the_pause_grows_and_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [1000.0]
    monkeypatch.setattr("alliance.demo.children.time.monotonic", lambda: now[0])
    child = Child(_program(tmp_path, "failing", "raise SystemExit(3)"), os.environ, tmp_path)
    pauses = []
    for _ in range(7):
        child.start()
        while child.died() is None:
            time.sleep(0.01)
        began = now[0]
        while not child.is_due():
            now[0] += 0.5
        pauses.append(now[0] - began)
    assert pauses == [1, 2, 4, 8, 16, 30, 30]


def test_kill_minus_nine_of_the_supervisor_leaves_nothing(tmp_path: Path) -> None:
    process = subprocess.Popen([sys.executable, "-c", _SUPERVISOR, str(tmp_path)], cwd=CHECKOUT)
    pids = _pids(tmp_path / "plain.log") + _pids(tmp_path / "other.log")
    assert all(is_alive(pid) for pid in pids)
    process.kill()
    process.wait()
    assert _all_gone(pids)


def test_a_busy_port_picks_the_next() -> None:
    with socket.socket() as taken:
        taken.bind((HOST, 0))
        taken.listen()
        port = taken.getsockname()[1]
        assert first_free_port(port) > port
        with pytest.raises(LauncherError, match="not a number"):
            first_free_port("eight thousand")
        assert not_ready_because(f"http://{HOST}:1/readyz") is not None


def test_a_second_start_says_where_the_first_is(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    installation = Installation(tmp_path)
    lock_holder = (
        "import fcntl, os, sys, time; f = open(sys.argv[1], 'w'); fcntl.flock(f, fcntl.LOCK_EX);"
        "f.write(f'{os.getpid()} http://localhost:8123\\n'); f.flush(); print('held', flush=True); time.sleep(60)"
    )
    with subprocess.Popen(
        [sys.executable, "-c", lock_holder, str(installation.lock)], stdout=subprocess.PIPE
    ) as process:
        assert process.stdout is not None
        process.stdout.readline()
        assert run_demo(installation, os.environ) == 0
        assert reset_demo(installation, os.environ) == 1
        process.kill()
    assert "already running: http://localhost:8123" in capsys.readouterr().out


def test_the_secret_is_made_once_and_closed_to_others(tmp_path: Path) -> None:
    installation = Installation(tmp_path)
    first = installation.variables({})
    assert first == installation.variables({})
    assert len(first["SECRET_KEY"]) >= 50
    assert (tmp_path / "env").stat().st_mode & 0o077 == 0
    assert installation.variables({"SECRET_KEY": "given"})["SECRET_KEY"] == "given"


def test_reset_deletes_the_demo_and_nothing_else(tmp_path: Path) -> None:
    installation = Installation(tmp_path / "demo")
    beside = tmp_path / "beside.txt"
    beside.write_text("mine", encoding="ascii")
    assert reset_demo(installation, {}) == 0
    installation.state.mkdir()
    installation.variables({})
    assert reset_demo(installation, {}) == 0
    assert [path.name for path in tmp_path.iterdir()] == ["beside.txt"]
