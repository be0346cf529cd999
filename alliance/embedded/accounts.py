"""Which operating-system account the servers run under."""

from __future__ import annotations

import os
import pwd
import subprocess
from dataclasses import dataclass
from pathlib import Path

from alliance.embedded.errors import LauncherError

_OVERRIDE = "ALLIANCE_SERVER_ACCOUNT"
_USUAL_ACCOUNTS = ("postgres", "nobody")
_KEPT_VARIABLES = ("PATH", "TMPDIR", "TZDIR")


@dataclass(frozen=True)
class Account:
    """The account of the servers: the caller's own, or an unprivileged one when the caller is root."""

    name: str
    uid: int
    gid: int
    is_dropped: bool

    def run(
        self,
        arguments: list[str],
        *,
        stdin: str | None = None,
        output: Path | None = None,
    ) -> subprocess.CompletedProcess[str]:
        """Run a program as this account, apart from the caller's terminal and environment.

        Standard output and error are captured, or written to `output` (a long-lived child that inherits a
        pipe would keep the caller waiting). Never raises for a non-zero exit.
        """
        if output is None:
            return self._spawn(arguments, stdin, subprocess.PIPE)
        with output.open("w+") as stream:
            done = self._spawn(arguments, stdin, stream.fileno())
            stream.seek(0)
            done.stdout = stream.read()
        return done

    def _spawn(self, arguments: list[str], stdin: str | None, output: int) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            arguments,
            check=False,
            input=stdin or "",
            stdout=output,
            stderr=subprocess.STDOUT,
            text=True,
            # The caller's directory may be closed to the account, and PG* variables must not leak in.
            cwd="/",
            env=_clean_environment(),
            start_new_session=True,
            user=self.uid if self.is_dropped else None,
            group=self.gid if self.is_dropped else None,
            extra_groups=[] if self.is_dropped else None,
        )

    def can_enter(self, path: Path) -> bool:
        """Whether this account may traverse to `path`."""
        return self.run(["test", "-x", str(path)]).returncode == 0

    def write(self, path: Path, text: str) -> None:
        """Write a file readable by this account only, with this account's rights.

        Written by the account itself: root following a link inside a directory that belongs to somebody
        else could be led to overwrite any file.
        """
        script = 'umask 077; cat > "$1"'
        done = self.run(["/bin/sh", "-c", script, "sh", str(path)], stdin=text)
        if done.returncode:
            msg = f"Could not write {path}: {done.stdout.strip()}"
            raise LauncherError(msg)


def server_account() -> Account:
    """The account for the servers: PostgreSQL refuses to run as root, so root steps down.

    Raises LauncherError when root finds no unprivileged account.
    """
    if os.geteuid() != 0:
        return Account(_own_name(), os.geteuid(), os.getegid(), is_dropped=False)
    wanted = os.environ.get(_OVERRIDE)
    for name in (wanted,) if wanted else _USUAL_ACCOUNTS:
        try:
            entry = pwd.getpwnam(name)
        except KeyError:
            continue
        if entry.pw_uid != 0:
            return Account(name, entry.pw_uid, entry.pw_gid, is_dropped=True)
    msg = f"PostgreSQL does not run as root: name an existing unprivileged account in {_OVERRIDE}."
    raise LauncherError(msg)


def _own_name() -> str:
    try:
        return pwd.getpwuid(os.geteuid()).pw_name
    except KeyError:
        msg = (
            f"The user id {os.geteuid()} has no account on this machine, and PostgreSQL needs one: "
            "add it to /etc/passwd, or set DATABASE_URL and REDIS_URL to servers of your own."
        )
        raise LauncherError(msg) from None


def _clean_environment() -> dict[str, str]:
    kept = {key: os.environ[key] for key in _KEPT_VARIABLES if key in os.environ}
    return {"PATH": os.defpath, **kept, "LANG": "C", "LC_ALL": "C", "TZ": "UTC"}
