"""The test databases: one migrated template, remembered by a fingerprint of what makes it, cloned for each process."""

import fcntl
import hashlib
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from unittest.mock import patch

import psycopg
from django.conf import settings
from django.core.management import call_command
from django.db import connections
from django.db.migrations.state import ProjectState

from alliance.embedded.database_url import with_database
from alliance.embedded.roles import create_database, drop_database

ROOT = Path(__file__).resolve().parent.parent
MAKES_THE_SCHEMA = (
    "*/models.py",
    "*/models/*.py",
    "**/migrations/*.py",
    "**/migrations/sql/*.sql",
    "alliance/kernel/tenancy/*.py",
)


def admin_url() -> str:
    """The login that may create databases."""
    return os.environ["DATABASE_ADMIN_URL"]


def _fingerprint() -> str:
    digest = hashlib.sha256()
    apps = ("alliance/kernel", "alliance/demo", "partners", "audience", "recsys", "campaigns", "settlements")
    files = {f for app in apps for kind in ("*.py", "*.sql") for f in (ROOT / app).rglob(kind)}
    for file in sorted(
        f
        for f in files
        if "models" in f.parts or "migrations" in f.parts or "tenancy" in f.parts or f.name == "models.py"
    ):
        digest.update(file.relative_to(ROOT).as_posix().encode() + b"\0" + file.read_bytes())
    return digest.hexdigest()[:12]


def use_database(name: str) -> None:
    """Point every alias at the database `name`."""
    for alias in connections:
        connections[alias].close()
        connections[alias].settings_dict["NAME"] = name
        settings.DATABASES[alias]["NAME"] = name


@contextmanager
def _one_at_a_time() -> Iterator[None]:
    lock = ROOT / ".local" / "test" / "template.lock"
    lock.parent.mkdir(parents=True, exist_ok=True)
    with lock.open("w") as handle:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield


def _exists(name: str) -> bool:
    with psycopg.connect(with_database(admin_url(), "postgres"), autocommit=True) as connection:
        return connection.execute("SELECT 1 FROM pg_database WHERE datname = %s", [name]).fetchone() is not None


@contextmanager
def _options_in_place() -> Iterator[None]:
    """Halve the time of migrating: a class is told of a new index or constraint, and not made anew for it.

    Django would make anew every related class too. A data migration has all of them made anew.
    """

    def append(state: ProjectState, app_label: str, model_name: str, option_name: str, option: object) -> None:
        options = state.models[app_label, model_name].options
        options[option_name] = [*options[option_name], option]
        meta = state.apps.get_model(app_label, model_name)._meta
        setattr(meta, option_name, [*getattr(meta, option_name), option])
        state.is_delayed = True

    with patch.object(ProjectState, "_append_option", append):
        yield


def migrated_template() -> str:
    """The name of a database with every migration applied; made once for each state of the schema's sources."""
    name = f"alliance_template_{_fingerprint()}"
    with _one_at_a_time():
        if not _exists(name):
            building = f"{name}_building"
            drop_database(admin_url(), building)
            create_database(admin_url(), building)
            use_database(building)
            with _options_in_place():
                call_command("migrate", verbosity=0)
            for alias in connections:
                connections[alias].close()
            with psycopg.connect(with_database(admin_url(), "postgres"), autocommit=True) as connection:
                connection.execute(f'ALTER DATABASE "{building}" RENAME TO "{name}"')
    return name


@contextmanager
def cloned_database(label: str) -> Iterator[str]:
    """A database of this process's own, dropped at the end; every alias points at it."""
    template = migrated_template()
    name = f"alliance_test_{label}_{os.getpid()}"
    with _one_at_a_time():
        drop_database(admin_url(), name)
        create_database(admin_url(), name, template=template)
    use_database(name)
    try:
        yield name
    finally:
        for alias in connections:
            connections[alias].close()
        drop_database(admin_url(), name)


def forget_likeness() -> None:
    """Have companies that committed tests left behind resemble nobody: rows that only a superuser may touch."""
    with psycopg.connect(with_database(admin_url(), settings.DATABASES["default"]["NAME"])) as connection:
        connection.execute("SET LOCAL session_replication_role = replica")
        connection.execute("UPDATE partners_partnerapplication SET tax_keys = '{}', web_domain = ''")
        connection.execute("UPDATE partners_bankaccount SET fingerprints = '{}'")
