"""The three roles have exactly the rights they need, on any server and after any number of runs."""

from __future__ import annotations

from collections.abc import Iterator

import psycopg
import pytest

from alliance.embedded.database_url import login_of, with_database, with_login
from alliance.embedded.environment import OwnDatabase, provide
from alliance.embedded.errors import LauncherError
from alliance.embedded.roles import (
    OPERATOR,
    OWNER,
    RUNTIME,
    RoleUrls,
    create_database,
    create_roles,
    drop_database,
    drop_database_made_here,
)
from alliance.embedded.servers import Servers


@pytest.fixture(scope="module")
def admin_url(shared_servers: Servers) -> str:
    return with_database(shared_servers.postgres.admin_url, "alliance")


@pytest.fixture(scope="module")
def urls(admin_url: str) -> Iterator[RoleUrls]:
    yield create_roles(admin_url)
    drop_database(admin_url, "alliance")


def _rows(url: str, query: str) -> list[tuple[object, ...]]:
    with psycopg.connect(url, autocommit=True) as connection:
        return connection.execute(query).fetchall()


def test_attributes(admin_url: str, urls: RoleUrls) -> None:
    assert create_roles(admin_url) == urls
    found = _rows(
        admin_url,
        "SELECT rolname, rolcanlogin, rolsuper, rolbypassrls, rolcreatedb, rolcreaterole FROM pg_roles"
        " WHERE rolname LIKE 'alliance%' ORDER BY rolname",
    )
    assert found == [
        (OPERATOR, True, False, True, False, False),
        (OWNER, True, False, False, False, False),
        (RUNTIME, True, False, False, False, False),
    ]


def test_changed_attributes_are_put_right(admin_url: str, urls: RoleUrls) -> None:
    _run_all(admin_url, f"ALTER ROLE {RUNTIME} BYPASSRLS CREATEDB")
    create_roles(admin_url)
    query = f"SELECT rolbypassrls, rolcreatedb FROM pg_roles WHERE rolname = '{RUNTIME}'"
    assert _rows(urls.runtime, query) == [(False, False)]


def test_only_the_owner_creates(urls: RoleUrls) -> None:
    _run_all(urls.owner, "CREATE TABLE made (id int)", "CREATE EXTENSION IF NOT EXISTS citext")
    for url in (urls.runtime, urls.operator):
        for statement in ("CREATE TABLE stray (id int)", "CREATE TEMP TABLE stray (id int)", "CREATE SCHEMA s"):
            with pytest.raises(psycopg.errors.InsufficientPrivilege):
                _run_all(url, statement)
        with pytest.raises(psycopg.errors.InsufficientPrivilege):
            _rows(url, "SELECT * FROM made")
    extensions = _rows(urls.runtime, "SELECT extname FROM pg_extension")
    assert ("btree_gist",) in extensions


def test_databases_for_tests_come_and_go(admin_url: str, urls: RoleUrls) -> None:
    drop_database(admin_url, "copy_of_alliance")
    copy = create_database(admin_url, "copy_of_alliance", template="alliance")
    owner = "SELECT pg_get_userbyid(datdba) FROM pg_database WHERE datname = current_database()"
    assert _rows(copy.runtime, owner) == [(OWNER,)]
    assert copy == urls.on_database("copy_of_alliance")
    assert drop_database_made_here(with_database(admin_url, "copy_of_alliance")) is True
    with pytest.raises(psycopg.OperationalError):
        psycopg.connect(copy.runtime)


def test_a_database_of_somebody_else_is_not_reset(admin_url: str, urls: RoleUrls) -> None:
    _run_all(admin_url, "CREATE DATABASE theirs")
    create_roles(with_database(admin_url, "theirs"))
    assert drop_database_made_here(with_database(admin_url, "theirs")) is False
    drop_database(admin_url, "theirs")


def test_new_databases_leave_given_passwords_alone(admin_url: str, urls: RoleUrls) -> None:
    stored = "SELECT rolpassword FROM pg_authid WHERE rolname LIKE 'alliance%' ORDER BY rolname"
    given = RoleUrls(*(with_login(admin_url, role, "given") for role in (RUNTIME, OWNER, OPERATOR)))
    create_roles(admin_url, given)
    before = _rows(admin_url, stored)
    create_database(with_login(admin_url, "postgres", "the administrator's"), "another")
    drop_database(admin_url, "another")
    assert _rows(admin_url, stored) == before


@pytest.mark.parametrize("name", ["postgres", "template1"])
def test_the_servers_own_databases_are_not_taken(admin_url: str, name: str) -> None:
    with pytest.raises(LauncherError, match="belongs to the server"):
        create_roles(with_database(admin_url, name))
    with pytest.raises(LauncherError, match="never dropped"):
        drop_database(admin_url, name)


def test_a_login_without_rights_gets_a_sentence(urls: RoleUrls) -> None:
    with pytest.raises(LauncherError, match="administrator's login"):
        create_roles(with_database(urls.runtime, "elsewhere"))


def test_role_passwords_follow_from_the_administrators(admin_url: str, urls: RoleUrls) -> None:
    # The socket never asks for the password, but the derivation sees it.
    derived = create_roles(with_login(admin_url, "postgres", "top/secret"))
    assert derived == create_roles(with_login(admin_url, "postgres", "top/secret"))
    assert derived != create_roles(with_login(admin_url, "postgres", "other"))
    assert len({login_of(url)[1] for url in derived.by_role().values()}) == 3
    assert all(login_of(url)[1] is None for url in urls.by_role().values())
    given = RoleUrls(
        runtime=with_login(admin_url, RUNTIME, "one"),
        owner=with_login(admin_url, OWNER, "two"),
        operator=with_login(admin_url, OPERATOR, "three"),
    )
    assert create_roles(admin_url, given) == given
    stored = "SELECT count(*) FROM pg_authid WHERE rolname LIKE 'alliance%' AND rolpassword IS NOT NULL"
    assert _rows(admin_url, stored) == [(3,)]


def test_all_three_given_logins_are_left_alone(shared_servers: Servers) -> None:
    given = {
        "DATABASE_URL": "postgresql://a@nowhere.invalid/x",
        "DATABASE_OWNER_URL": "postgresql://b@nowhere.invalid/x",
        "DATABASE_OPERATOR_URL": "postgresql://c@nowhere.invalid/x",
        "REDIS_URL": "redis://nowhere.invalid/3",
    }
    assert provide(shared_servers, given) == given


def test_some_but_not_all_logins_are_refused(shared_servers: Servers) -> None:
    given = {"DATABASE_OWNER_URL": "postgresql://b@nowhere.invalid/x", "REDIS_URL": "redis://nowhere.invalid"}
    with pytest.raises(LauncherError, match="all of"):
        provide(shared_servers, given)


def test_an_administrators_url_is_turned_into_three(shared_servers: Servers, admin_url: str, urls: RoleUrls) -> None:
    variables = provide(shared_servers, {"DATABASE_URL": admin_url})
    assert variables == {
        "DATABASE_URL": urls.runtime,
        "DATABASE_OWNER_URL": urls.owner,
        "DATABASE_OPERATOR_URL": urls.operator,
        "DATABASE_ADMIN_URL": admin_url,
        "REDIS_URL": shared_servers.valkey.url,
    }
    # What was provided is a complete environment: asking again from inside it changes nothing.
    assert provide(shared_servers, variables) == variables


def test_a_fresh_database_forgets_the_old_one(shared_servers: Servers, admin_url: str) -> None:
    scratch = OwnDatabase("scratch", is_fresh=True)
    first = provide(shared_servers, {}, scratch)
    _run_all(first["DATABASE_OWNER_URL"], "CREATE TABLE old (id int)")
    second = provide(shared_servers, {}, scratch)
    assert _rows(second["DATABASE_URL"], "SELECT to_regclass('old')") == [(None,)]
    drop_database(admin_url, "scratch")


def test_an_unreachable_server_is_named(shared_servers: Servers) -> None:
    with pytest.raises(LauncherError, match="cannot be reached"):
        provide(shared_servers, {"DATABASE_URL": "postgresql://x@127.0.0.1:1/alliance"})


def _run_all(url: str, *statements: str) -> None:
    with psycopg.connect(url, autocommit=True) as connection:
        for statement in statements:
            connection.execute(statement.encode())
