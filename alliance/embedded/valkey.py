"""Start and stop one Valkey server on a private socket."""

from __future__ import annotations

import os
import signal
import socket
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

from alliance.embedded.accounts import Account
from alliance.embedded.directories import Directories
from alliance.embedded.errors import LauncherError
from alliance.embedded.processes import command_line, is_alive, read_pid, wait_until

# The append-only file is replayed before the server answers.
_START_SECONDS = 60
_STOP_SECONDS = 20
_SETTINGS = {
    "port": "0",
    "unixsocketperm": "700",
    "daemonize": "yes",
    "save": "",
    "appendonly": "yes",
    "appendfsync": "everysec",
    "maxmemory": "256mb",
    # A queue must refuse rather than silently drop what it was given.
    "maxmemory-policy": "noeviction",
}


@dataclass(frozen=True)
class ValkeyServer:
    """One server: its program, its directories and the account it runs under."""

    program: Path
    directories: Directories
    account: Account

    @property
    def url(self) -> str:
        """The server's first database, in the spelling of redis-py."""
        return f"unix://{quote(str(self._socket))}?db=0"

    def start(self) -> None:
        """Make the server answer; does nothing when it already does.

        Recovers from a crash, and restarts a server whose socket is gone. Raises LauncherError with the end of
        the server's log when it does not come up.
        """
        if self.is_answering():
            return
        if self._own_pid() is not None:
            if self._socket.exists() and wait_until(self.is_answering, seconds=_START_SECONDS):
                return
            self.stop()
        self._socket.unlink(missing_ok=True)
        done = self.account.run([str(self.program), *self._options()])
        if done.returncode or not wait_until(self.is_answering, seconds=_START_SECONDS):
            msg = f"Valkey did not start:\n{done.stdout.strip()}\n{self._log_end()}"
            raise LauncherError(msg)

    def stop(self) -> None:
        """Stop the server cleanly, its data written; does nothing when it is not running.

        Raises LauncherError if it stays.
        """
        pid = self._own_pid()
        if pid is None:
            return
        os.kill(pid, signal.SIGTERM)
        if not wait_until(lambda: not is_alive(pid), seconds=_STOP_SECONDS):
            msg = f"Valkey (process {pid}) does not stop; its log is {self._log}."
            raise LauncherError(msg)

    def is_answering(self) -> bool:
        """Whether the server answers a ping now; one that still loads its data does not count."""
        try:
            with socket.socket(socket.AF_UNIX) as client:
                client.settimeout(2)
                client.connect(str(self._socket))
                client.sendall(b"PING\r\n")
                return client.recv(16).startswith(b"+PONG")
        except OSError:
            return False

    @property
    def _socket(self) -> Path:
        return self.directories.sockets / "valkey.sock"

    @property
    def _pid_file(self) -> Path:
        return self.directories.valkey / "valkey.pid"

    @property
    def _log(self) -> Path:
        return self.directories.valkey / "valkey.log"

    def _own_pid(self) -> int | None:
        pid = read_pid(self._pid_file)
        if pid is None or not is_alive(pid):
            return None
        # The server's process title names its socket.
        return pid if str(self._socket) in command_line(pid) else None

    def _options(self) -> list[str]:
        settings = _SETTINGS | {
            "unixsocket": str(self._socket),
            "dir": str(self.directories.valkey),
            "logfile": str(self._log),
            "pidfile": str(self._pid_file),
        }
        return [part for key, value in settings.items() for part in (f"--{key}", value)]

    def _log_end(self) -> str:
        try:
            return "".join(self._log.read_text(errors="replace").splitlines(keepends=True)[-10:])
        except OSError:
            return "(no log was written)"
