"""One supervised program: started, watched, started again when it dies."""

from __future__ import annotations

import contextlib
import os
import signal
import subprocess
import time
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

# A program that lived this long is healthy: its next death starts counting anew.
_HEALTHY_SECONDS = 30.0
_LONGEST_PAUSE_SECONDS = 30.0


@dataclass(frozen=True)
class Program:
    """What to run, and the file that gets its output."""

    name: str
    arguments: list[str]
    log: Path


@dataclass
class Child:
    """A program under supervision, in a session and process group of its own."""

    program: Program
    environment: Mapping[str, str]
    directory: Path
    failures: int = 0
    _process: subprocess.Popen[bytes] | None = field(default=None, repr=False)
    _started_at: float = 0.0
    _next_start_at: float = 0.0

    @property
    def group(self) -> int | None:
        """The process group while it runs."""
        return self._process.pid if self._process else None

    def start(self) -> int:
        """Start the program and return its process group; its output is added to the log."""
        with self.program.log.open("ab") as log:
            self._process = subprocess.Popen(
                self.program.arguments,
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=subprocess.STDOUT,
                env=dict(self.environment),
                cwd=self.directory,
                # Ctrl-C in the terminal is for the supervisor, which then stops its children in order.
                start_new_session=True,
            )
        self._started_at = time.monotonic()
        return self._process.pid

    def died(self) -> int | None:
        """The exit status if the program has ended since the last look, else None.

        Whatever it left in its process group is ended too, and the time of the next start is set: 1, 2, 4 … 30
        seconds from now, counting deaths in a row.
        """
        status = self._process.poll() if self._process else None
        if status is None:
            return None
        self._end_group()
        if time.monotonic() - self._started_at > _HEALTHY_SECONDS:
            self.failures = 0
        pause = min(2.0**self.failures, _LONGEST_PAUSE_SECONDS)
        self.failures += 1
        self._next_start_at = time.monotonic() + pause
        return status

    def is_due(self) -> bool:
        """Whether the program is down and its pause is over."""
        return self._process is None and time.monotonic() >= self._next_start_at

    def ask_to_stop(self) -> None:
        """Ask the program, not its helpers, to stop: it knows in which order to end them."""
        if self._process and self._process.poll() is None:
            self._process.terminate()

    def finish(self, deadline: float) -> None:
        """Wait until the monotonic instant `deadline`, then end whatever is left of the process group."""
        if not self._process:
            return
        with contextlib.suppress(subprocess.TimeoutExpired):
            self._process.wait(timeout=max(0.0, deadline - time.monotonic()))
        self._end_group()

    def _end_group(self) -> None:
        if not self._process:
            return
        end_group(self._process.pid, signal.SIGKILL)
        self._process.wait()
        self._process = None


def end_group(group: int, number: signal.Signals) -> bool:
    """Send a signal to a process group; False when it has no member any more."""
    try:
        os.killpg(group, number)
    except (ProcessLookupError, PermissionError):
        # macOS answers EPERM for a group of zombies.
        return False
    return True
