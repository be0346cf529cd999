"""Start and stop one PostgreSQL server on a private socket."""

from __future__ import annotations

import os
import shlex
import signal
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import psycopg

from alliance.embedded.accounts import Account
from alliance.embedded.binaries import PostgresPrograms
from alliance.embedded.directories import Directories
from alliance.embedded.errors import LauncherError
from alliance.embedded.processes import command_line, is_alive, read_pid, wait_until

ADMINISTRATOR = "postgres"
# Recovery after a crash replays the log before the server answers.
_START_SECONDS = 60
_START_ATTEMPTS = 3
_SETTINGS = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "timezone": "UTC",
    "log_timezone": "UTC",
    "shared_buffers": "128MB",
    "effective_cache_size": "1GB",
    "work_mem": "16MB",
    "maintenance_work_mem": "128MB",
    "max_wal_size": "2GB",
    "max_connections": "100",
    "logging_collector": "off",
}
# Data that is thrown away may be lost when the machine (not the server) stops: tests run faster so.
_THROWAWAY_SETTINGS = {"fsync": "off", "full_page_writes": "off"}


@dataclass(frozen=True)
class PostgresServer:
    """One server: its programs, its directories and the account it runs under."""

    programs: PostgresPrograms
    directories: Directories
    account: Account
    is_throwaway: bool = False

    @property
    def admin_url(self) -> str:
        """The administrator's login on the maintenance database."""
        return f"postgresql://{ADMINISTRATOR}@/postgres?host={quote(str(self.directories.sockets))}"

    def start(self) -> None:
        """Make the server answer; does nothing when it already does.

        Recovers from a crash: stale process files are cleared, and a server whose socket is gone is restarted.
        Raises LauncherError with the end of the server's log when it does not come up.
        """
        if self.is_answering():
            return
        if not (self.directories.postgres / "PG_VERSION").exists():
            self._initialise()
        self._check_version()
        if self._own_pid() is not None:
            if self._socket.exists():
                wait_until(lambda: self.is_answering() or self._own_pid() is None, seconds=_START_SECONDS)
                if self.is_answering():
                    return
            self.stop()
        self._forget_dead_server()
        for _ in range(_START_ATTEMPTS):
            # After kill -9 the dead server's children may hold its shared memory for another moment.
            if self._control("start", "-o", self._options()) == 0:
                return
            wait_until(self.is_answering, seconds=1)
        msg = f"PostgreSQL did not start:\n{self._log_end()}"
        raise LauncherError(msg)

    def stop(self) -> None:
        """Stop the server cleanly; does nothing when it is not running. Raises LauncherError if it stays."""
        pid = self._own_pid()
        if pid is None:
            return
        self._control("stop", "-m", "fast")
        if is_alive(pid):
            os.kill(pid, signal.SIGQUIT)
        if not wait_until(lambda: not is_alive(pid), seconds=_START_SECONDS):
            msg = f"PostgreSQL (process {pid}) does not stop; its log is {self._log}."
            raise LauncherError(msg)

    def is_answering(self) -> bool:
        """Whether the server accepts a connection and a query now."""
        if not self._socket.exists():
            return False
        try:
            with psycopg.connect(self.admin_url, connect_timeout=5, autocommit=True) as connection:
                connection.execute("select 1")
        except psycopg.OperationalError:
            return False
        return True

    @property
    def _socket(self) -> Path:
        return self.directories.sockets / ".s.PGSQL.5432"

    @property
    def _log(self) -> Path:
        return self.directories.postgres / "server.log"

    def _own_pid(self) -> int | None:
        """The running server's process id, never that of a stranger who got a dead server's number."""
        pid = read_pid(self.directories.postgres / "postmaster.pid")
        if pid is None or not is_alive(pid):
            return None
        return pid if str(self.directories.postgres) in command_line(pid) else None

    def _forget_dead_server(self) -> None:
        for path in (
            self.directories.postgres / "postmaster.pid",
            self.directories.sockets / ".s.PGSQL.5432.lock",
            self.directories.sockets / ".s.PGSQL.5432",
        ):
            path.unlink(missing_ok=True)

    def _initialise(self) -> None:
        arguments = ["-D", str(self.directories.postgres), "-U", ADMINISTRATOR, "--auth=reject"]
        arguments += ["--encoding=UTF8", "--locale-provider=builtin", "--locale=C.UTF-8"]
        arguments += ["--data-checksums", "--no-sync"] if self.is_throwaway else ["--data-checksums"]
        done = self.account.run([self.programs.program("initdb"), *arguments])
        if done.returncode:
            msg = f"PostgreSQL could not create its data directory:\n{done.stdout.strip()}"
            raise LauncherError(msg)
        self._write_access_rules()

    def _write_access_rules(self) -> None:
        """Let in the servers' account and the caller, by the identity the kernel vouches for, and nobody else."""
        names = sorted({self.account.name, "root"} if self.account.is_dropped else {self.account.name})
        identities = "".join(f'alliance "{name}" all\n' for name in names)
        self.account.write(self.directories.postgres / "pg_ident.conf", identities)
        rule = "local all all peer map=alliance\n"
        self.account.write(self.directories.postgres / "pg_hba.conf", rule)

    def _check_version(self) -> None:
        recorded = (self.directories.postgres / "PG_VERSION").read_text(encoding="ascii").strip()
        if recorded != str(self.programs.major):
            msg = (
                f"The data in {self.directories.postgres} belongs to PostgreSQL {recorded}, "
                f"installed is {self.programs.major}: install the matching package, or reset the data."
            )
            raise LauncherError(msg)

    def _options(self) -> str:
        settings = _SETTINGS | {"unix_socket_directories": str(self.directories.sockets)}
        if self.is_throwaway:
            settings |= _THROWAWAY_SETTINGS
        return " ".join(f"-c {shlex.quote(f'{key}={value}')}" for key, value in settings.items())

    def _control(self, action: str, *arguments: str) -> int:
        command = [self.programs.program("pg_ctl"), "-D", str(self.directories.postgres)]
        command += ["-w", "-t", str(_START_SECONDS), "-s"]
        command += ["-l", str(self._log)] if action == "start" else []
        output = self.directories.control_log
        return self.account.run([*command, *arguments, action], output=output).returncode

    def _log_end(self) -> str:
        try:
            with self._log.open(encoding="utf-8", errors="replace") as lines:
                return "".join(lines.readlines()[-15:]).strip()
        except OSError:
            return "(no log was written)"
