"""Questions about processes that other programs started."""

from __future__ import annotations

import os
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

_POLL_SECONDS = 0.02


def read_pid(path: Path) -> int | None:
    """The process id on the first line of a pid file; None when the file is missing or unreadable as one."""
    try:
        return int(path.read_text(encoding="ascii").split("\n", 1)[0].strip())
    except (OSError, ValueError):
        return None


def is_alive(pid: int) -> bool:
    """Whether a process of that id exists, whoever owns it; a zombie does not count."""
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except PermissionError:
        return True
    state = Path(f"/proc/{pid}/stat")
    try:
        return state.read_text(encoding="utf-8", errors="replace").rpartition(")")[2].split()[0] != "Z"
    except (OSError, IndexError):
        # No /proc on this system, or the process ended while we looked; the next look decides.
        return True


def command_line(pid: int) -> str:
    """The process's command line or title; empty when there is no such process.

    A pid file outlives a crash and its number may by now belong to somebody else: compare before trusting.
    """
    recorded = Path(f"/proc/{pid}/cmdline")
    if recorded.parent.parent.joinpath("self").exists():
        try:
            return recorded.read_bytes().replace(b"\0", b" ").decode("utf-8", "replace").strip()
        except OSError:
            return ""
    listed = subprocess.run(["ps", "-p", str(pid), "-o", "command="], check=False, capture_output=True, text=True)
    return listed.stdout.strip()


def wait_until(condition: Callable[[], bool], *, seconds: float) -> bool:
    """Poll until the condition holds; False when it still does not after that many seconds."""
    deadline = time.monotonic() + seconds
    while not condition():
        if time.monotonic() >= deadline:
            return False
        time.sleep(_POLL_SECONDS)
    return True
