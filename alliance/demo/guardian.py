"""Cleans up after a supervisor that was killed.

The supervisor holds the writing end of this process's standard input. When it ends, for whatever reason, the
input ends; what it had said was running is then stopped. After an orderly stop nothing is left to do.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from pathlib import Path
from typing import IO

from alliance.demo.children import end_group
from alliance.demo.installation import CHECKOUT, Installation
from alliance.embedded.processes import wait_until

_GRACE_SECONDS = 10
_SERVERS = "servers"


class Guardian:
    """The supervisor's side: tells the guardian what would have to be stopped."""

    def __init__(self, installation: Installation, lock: int) -> None:
        """Start the guardian; it shares the open lock file, so the demo counts as running until it is done."""
        self._process = subprocess.Popen(
            [sys.executable, "-m", "alliance.demo.guardian", str(installation.state)],
            stdin=subprocess.PIPE,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            cwd=CHECKOUT,
            start_new_session=True,
            pass_fds=(lock,),
        )

    def watch_group(self, group: int) -> None:
        """End this process group if the supervisor dies."""
        self._say(f"+{group}")

    def forget_group(self, group: int) -> None:
        """The group has ended; its number may soon be somebody else's."""
        self._say(f"-{group}")

    def watch_servers(self) -> None:
        """Stop the embedded servers if the supervisor dies."""
        self._say(f"+{_SERVERS}")

    def forget_servers(self) -> None:
        """The servers are stopped or not ours."""
        self._say(f"-{_SERVERS}")

    def dismiss(self) -> None:
        """End the guardian and wait for it."""
        if self._process.stdin:
            self._process.stdin.close()
        self._process.wait()

    def _say(self, line: str) -> None:
        if self._process.stdin is None:
            return
        try:
            self._process.stdin.write(f"{line}\n".encode("ascii"))
            self._process.stdin.flush()
        except BrokenPipeError:
            # Somebody ended the guardian; the supervisor's own orderly stop does not need it.
            return


def left_behind(lines: IO[str]) -> set[str]:
    """Read the supervisor's words to their end: what was started and not forgotten."""
    running: set[str] = set()
    for line in lines:
        sign, name = line[:1], line[1:].strip()
        if sign == "+":
            running.add(name)
        else:
            running.discard(name)
    return running


def clean_up(installation: Installation, running: set[str]) -> None:
    """Stop process groups, first politely, then the servers."""
    groups = {int(name) for name in running if name != _SERVERS}
    for group in groups:
        end_group(group, signal.SIGTERM)

    def all_ended() -> bool:
        return not any(_has_members(group) for group in groups)

    if not wait_until(all_ended, seconds=_GRACE_SECONDS):
        for group in groups:
            end_group(group, signal.SIGKILL)
    if _SERVERS in running:
        installation.servers.down()


def _has_members(group: int) -> bool:
    try:
        os.killpg(group, 0)
    except (ProcessLookupError, PermissionError):
        return False
    return True


def main() -> None:
    """Wait for the supervisor's end, then clean up."""
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)
    clean_up(Installation(Path(sys.argv[1])), left_behind(sys.stdin))


if __name__ == "__main__":
    main()
