"""The pair of servers of one state directory: up, down, status, reset."""

from __future__ import annotations

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from alliance.embedded.accounts import Account, server_account
from alliance.embedded.binaries import find_postgres, find_valkey
from alliance.embedded.directories import Directories, directories_for
from alliance.embedded.postgres import PostgresServer
from alliance.embedded.valkey import ValkeyServer


@dataclass(frozen=True)
class Wanted:
    """Which of the two servers to provide; the other one is given by URL."""

    postgres: bool = True
    valkey: bool = True


BOTH = Wanted()


class Servers:
    """PostgreSQL and Valkey over one state directory. Calls from several processes take turns."""

    def __init__(self, state: Path, *, is_throwaway: bool = False) -> None:
        """Describe the servers of `state`; nothing is started, created or looked up yet.

        `is_throwaway` trades safety against a machine crash for speed, for data of tests.
        """
        self._state = state.resolve()
        self._is_throwaway = is_throwaway

    @cached_property
    def account(self) -> Account:
        """The account the servers run under."""
        return server_account()

    @cached_property
    def directories(self) -> Directories:
        """Where they keep data and sockets."""
        return directories_for(self._state, self.account)

    @cached_property
    def postgres(self) -> PostgresServer:
        """The PostgreSQL server, running or not."""
        programs = find_postgres(self.account)
        return PostgresServer(programs, self.directories, self.account, self._is_throwaway)

    @cached_property
    def valkey(self) -> ValkeyServer:
        """The Valkey server, running or not."""
        return ValkeyServer(find_valkey(self.account), self.directories, self.account)

    def up(self, wanted: Wanted = BOTH) -> bool:
        """Make the wanted servers answer; True when at least one had to be started. Raises LauncherError."""
        self.directories.create(self.account)
        with self._alone():
            missing = [
                server
                for server, is_wanted in (
                    (self.postgres, wanted.postgres),
                    (self.valkey, wanted.valkey),
                )
                if is_wanted and not server.is_answering()
            ]
            for server in missing:
                server.start()
        return bool(missing)

    def down(self) -> None:
        """Stop both servers cleanly; does nothing when they are not running. Raises LauncherError."""
        if not self._state.exists():
            return
        with self._alone():
            self._stop()

    def reset(self) -> None:
        """Stop both servers and delete their data; nothing else in the state directory is touched."""
        if not self._state.exists():
            return
        with self._alone():
            self._stop()
            self.directories.remove_data()

    def status(self) -> dict[str, bool]:
        """Which server answers, by name."""
        return {
            "postgres": self.postgres.is_answering(),
            "valkey": self.valkey.is_answering(),
        }

    def _stop(self) -> None:
        if self.directories.valkey.exists():
            self.valkey.stop()
        if self.directories.postgres.exists():
            self.postgres.stop()

    @contextmanager
    def _alone(self) -> Iterator[None]:
        # Only the owner may open it, or anybody could hold it for ever.
        lock = os.open(self.directories.lock, os.O_WRONLY | os.O_CREAT, 0o600)
        try:
            fcntl.flock(lock, fcntl.LOCK_EX)
            yield
        finally:
            os.close(lock)
