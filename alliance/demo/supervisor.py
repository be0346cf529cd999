"""Runs the demo's programs until it is told to stop, and leaves none behind."""

from __future__ import annotations

import signal
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import FrameType

from alliance.demo.children import Child, Program
from alliance.demo.guardian import Guardian

_LOOK_SECONDS = 0.3
_STOP_SECONDS = 15.0
_STOP_SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGHUP)


class Stop:
    """Whether somebody asked to stop, by Ctrl-C, a signal or a closed terminal."""

    def __init__(self) -> None:
        """Not asked yet."""
        self._asked = threading.Event()

    @property
    def is_asked(self) -> bool:
        """Whether to stop now."""
        return self._asked.is_set()

    def wait(self, seconds: float) -> bool:
        """Sleep, but not past the request; True when it has come."""
        return self._asked.wait(seconds)

    @contextmanager
    def on_signals(self) -> Iterator[None]:
        """Turn the stop signals into the request while the block runs."""
        previous = {number: signal.signal(number, self._ask) for number in _STOP_SIGNALS}
        try:
            yield
        finally:
            for number, handler in previous.items():
                signal.signal(number, handler)

    def _ask(self, _number: int, _frame: FrameType | None) -> None:
        self._asked.set()


class Supervisor:
    """Starts programs in order, restarts what dies, and stops them in reverse order."""

    def __init__(self, guardian: Guardian, say: Callable[[str], None]) -> None:
        """Nothing is started yet; `say` receives sentences for the person watching."""
        self._guardian = guardian
        self._say = say
        self._children: list[Child] = []

    def start(self, programs: list[Program], environment: Mapping[str, str], directory: Path) -> None:
        """Start the programs, each with an emptied log; the log before stays beside it as `.1`."""
        for program in programs:
            if program.log.exists():
                program.log.replace(program.log.with_suffix(".log.1"))
            child = Child(program, environment, directory)
            self._children.append(child)
            self._guardian.watch_group(child.start())

    def tend(self) -> None:
        """Look once after every child: note deaths, and start what is due again."""
        for child in self._children:
            group = child.group
            status = child.died()
            if status is not None and group is not None:
                self._guardian.forget_group(group)
                self._say(f"{child.program.name} ended ({status}) and is started again; see {child.program.log}")
            if child.is_due():
                self._guardian.watch_group(child.start())

    def watch(self, stop: Stop) -> None:
        """Tend the children until the request to stop."""
        while not stop.wait(_LOOK_SECONDS):
            self.tend()

    def stop(self) -> None:
        """Ask all to stop, wait, and end what stays; afterwards no process of theirs is left."""
        for child in reversed(self._children):
            child.ask_to_stop()
        deadline = time.monotonic() + _STOP_SECONDS
        for child in reversed(self._children):
            group = child.group
            child.finish(deadline)
            if group is not None:
                self._guardian.forget_group(group)
        self._children.clear()
