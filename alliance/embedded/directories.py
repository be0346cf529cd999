"""Where the servers keep data, sockets and their lock, and with which rights."""

from __future__ import annotations

import hashlib
import os
import shutil
import stat
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alliance.embedded.accounts import Account
from alliance.embedded.errors import LauncherError

# The smallest limit among the supported systems is macOS's 104 bytes with the closing zero.
_SOCKET_PATH_LIMIT = 103 if os.uname().sysname == "Darwin" else 107
_LONGEST_SOCKET_NAME = ".s.PGSQL.5432"
_PRIVATE = 0o700
_PASSABLE = 0o711


@dataclass(frozen=True)
class Directories:
    """The places of one pair of servers; everything in them belongs to the launcher alone."""

    state: Path
    data: Path
    sockets: Path

    @property
    def lock(self) -> Path:
        """File that serialises starting and stopping."""
        return self.state / "embedded.lock"

    @property
    def control_log(self) -> Path:
        """What the last start or stop of PostgreSQL had to say."""
        return self.state / "pg_ctl.log"

    @property
    def postgres(self) -> Path:
        """PostgreSQL's data directory."""
        return self.data / "postgres"

    @property
    def valkey(self) -> Path:
        """Valkey's data directory."""
        return self.data / "valkey"

    def create(self, account: Account) -> None:
        """Create what is missing and refuse what somebody else could read or has prepared.

        Only directories of the launcher get rights set; parents are never changed. Raises LauncherError.
        """
        _create_state(self.state, account)
        if self.data != self.state:
            _claim(self.data, account)
        for path in (self.sockets, self.postgres, self.valkey):
            _claim(path, account)

    def remove_data(self) -> None:
        """Delete both servers' data and sockets; nothing else in the state directory."""
        for path in (self.postgres, self.valkey, self.sockets):
            _remove(path)
        if self.data != self.state:
            _remove(self.data)
        self.control_log.unlink(missing_ok=True)
        self.lock.unlink(missing_ok=True)


def directories_for(state: Path, account: Account) -> Directories:
    """The directories that belong to the state directory `state`, which need not exist yet.

    Data lives in `state`, except when root's account could not reach it there (a checkout in a private
    home): then in /var/tmp, as before on every later call. Raises LauncherError if socket paths get too long.
    """
    state = state.resolve()
    name = f"alliance-{os.geteuid()}-{hashlib.sha256(os.fsencode(state)).hexdigest()[:12]}"
    sockets = _short_temporary_root() / name
    longest = len(os.fsencode(sockets / _LONGEST_SOCKET_NAME))
    if longest > _SOCKET_PATH_LIMIT:
        msg = f"The socket path {sockets} is {longest - _SOCKET_PATH_LIMIT} bytes too long: set a shorter TMPDIR."
        raise LauncherError(msg)
    return Directories(state=state, data=_data_root(state, name, account), sockets=sockets)


def _data_root(state: Path, name: str, account: Account) -> Path:
    elsewhere = Path("/var/tmp") / name
    if not account.is_dropped or (state / "postgres").exists():
        return state
    if elsewhere.exists():
        return elsewhere
    nearest = state
    while not nearest.exists():
        nearest = nearest.parent
    return state if account.can_enter(nearest) else elsewhere


def _short_temporary_root() -> Path:
    short = Path("/tmp")
    if short.is_dir() and os.access(short, os.W_OK | os.X_OK):
        return short
    return Path(tempfile.gettempdir())


def _create_state(state: Path, account: Account) -> None:
    if state.is_dir():
        return
    state.mkdir(parents=True, exist_ok=True)
    state.chmod(_PASSABLE if account.is_dropped else _PRIVATE)


def _claim(path: Path, account: Account) -> None:
    """Make `path` a directory that only the servers' account (and root) can enter."""
    try:
        path.mkdir(mode=_PRIVATE)
    except FileExistsError:
        _check_owner(path, account)
    if account.is_dropped:
        os.chown(path, account.uid, account.gid, follow_symlinks=False)
    if stat.S_IMODE(path.lstat().st_mode) != _PRIVATE:
        path.chmod(_PRIVATE)


def _check_owner(path: Path, account: Account) -> None:
    # In a shared temporary directory somebody else may have taken the name first.
    found = path.lstat()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid not in {account.uid, os.geteuid()}:
        msg = f"{path} exists and does not belong to {account.name}: remove it, then try again."
        raise LauncherError(msg)


def _remove(path: Path) -> None:
    if path.is_symlink():
        path.unlink()
    elif path.exists():
        shutil.rmtree(path)
