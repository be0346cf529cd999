"""Roles and databases on a distribution's PostgreSQL, with passwords and a bare locale."""

from __future__ import annotations

import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import quote

import psycopg
import pytest

from alliance.embedded.accounts import Account, server_account
from alliance.embedded.database_url import login_of, with_database, with_login
from alliance.embedded.environment import OwnDatabase, provide
from alliance.embedded.errors import LauncherError
from alliance.embedded.roles import OPERATOR, OWNER, RUNTIME, create_database, create_roles, drop_database
from alliance.embedded.servers import Servers

_PASSWORD = "p@ss/wörd"


def _programs() -> Path | None:
    found = [path for path in Path("/usr/lib/postgresql").glob("*/bin/initdb") if path.parent.parent.name.isdigit()]
    return max(found, key=lambda path: int(path.parent.parent.name)).parent if found else None


def _run(account: Account, *arguments: str) -> None:
    # pg_ctl leaves the server holding its output, so that goes to a file.
    with tempfile.NamedTemporaryFile() as output:
        done = account.run(list(arguments), output=Path(output.name))
    assert done.returncode == 0, done.stdout


@pytest.fixture(scope="module")
def admin_url() -> Iterator[str]:
    """An administrator's URL with a password; the server's own databases are in SQL_ASCII."""
    programs = _programs()
    if programs is None:
        pytest.skip("no PostgreSQL under /usr/lib/postgresql (install the package postgresql)")
    account = server_account()
    directory = Path(tempfile.mkdtemp(prefix="alliance-stock-", dir="/tmp"))
    shutil.chown(directory, account.uid, account.gid)
    data = str(directory / "data")
    account.write(directory / "password", _PASSWORD)
    authentication = ["--auth=scram-sha-256", f"--pwfile={directory / 'password'}"]
    _run(account, str(programs / "initdb"), "-D", data, "-U", "chief", "--no-locale", "--no-sync", *authentication)
    control = [str(programs / "pg_ctl"), "-D", data, "-w", "-s"]
    options = f"-c listen_addresses= -c unix_socket_directories={directory} -c fsync=off"
    _run(account, *control, "-l", str(directory / "log"), "-o", options, "start")
    yield f"postgresql://chief:{quote(_PASSWORD, safe='')}@/alliance?host={directory}"
    _run(account, *control, "-m", "immediate", "stop")
    shutil.rmtree(directory)


def _row(url: str, query: str) -> tuple[object, ...] | None:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query.encode()).fetchone()


def _do(url: str, statement: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        connection.execute(statement.encode())


def test_each_role_signs_in_with_its_derived_password(admin_url: str) -> None:
    first = create_roles(admin_url)
    assert create_roles(admin_url) == first, "two checkouts must agree"
    for role, url in first.by_role().items():
        query = "SELECT current_user, current_setting('server_encoding'), current_setting('TimeZone')"
        assert _row(url, query) == (role, "UTF8", "UTC")
        assert login_of(url)[1] not in {None, _PASSWORD}
    rights = (
        "SELECT has_database_privilege(current_database(), 'CREATE'), has_schema_privilege('public', 'CREATE'),"
        " (SELECT rolbypassrls FROM pg_roles WHERE rolname = current_user)"
    )
    assert [_row(first.by_role()[role], rights) for role in (OWNER, RUNTIME, OPERATOR)] == [
        (True, True, False),
        (False, False, False),
        (False, False, True),
    ]


def test_text_in_every_script_survives_on_a_bare_locale(admin_url: str) -> None:
    urls = create_roles(admin_url)
    assert _row(urls.runtime, "SELECT upper('ok') || '合作联盟'") == ("OK合作联盟",)


def test_databases_of_their_own_come_and_go(admin_url: str, tmp_path: Path) -> None:
    given = {"DATABASE_URL": admin_url, "REDIS_URL": "redis://unused.invalid"}
    scratch = OwnDatabase("scratch", is_fresh=True)
    servers = Servers(tmp_path / "never-started")
    for _ in range(2):
        variables = provide(servers, given, scratch)
        query = "SELECT current_database(), to_regclass('made')"
        assert _row(variables["DATABASE_URL"], query) == ("scratch", None)
        _do(variables["DATABASE_OWNER_URL"], "CREATE TABLE made (id int)")
    copy = create_database(admin_url, "copied", template="scratch")
    assert _row(copy.owner, "SELECT count(*) FROM made") == (0,)
    for name in ("copied", "scratch"):
        drop_database(admin_url, name)
    assert not (tmp_path / "never-started").exists()


def test_a_database_in_another_encoding_is_refused(admin_url: str) -> None:
    _do(with_database(admin_url, "postgres"), "CREATE DATABASE bare ENCODING 'SQL_ASCII' TEMPLATE template0")
    with pytest.raises(LauncherError, match="SQL_ASCII"):
        create_roles(with_database(admin_url, "bare"))


def test_an_administrator_without_enough_rights_gets_a_sentence(admin_url: str) -> None:
    _do(with_database(admin_url, "postgres"), "CREATE ROLE clerk LOGIN PASSWORD 'clerk'")
    with pytest.raises(LauncherError, match="administrator's login"):
        create_roles(with_database(with_login(admin_url, "clerk", "clerk"), "elsewhere"))


def test_a_wrong_password_gets_a_sentence(admin_url: str) -> None:
    with pytest.raises(LauncherError, match="cannot be reached"):
        create_roles(with_login(admin_url, "chief", "wrong"))
