"""The three database roles and the databases they work in.

The owner migrates; the runtime role is bound by row-level security; the operator role passes it. None is a
superuser, and the runtime and operator roles create nothing.
"""

from __future__ import annotations

import hashlib
import hmac
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import LiteralString

import psycopg
from psycopg import sql

from alliance.embedded.database_url import database_name, login_of, with_database, with_login
from alliance.embedded.errors import LauncherError

OWNER = "alliance_owner"
RUNTIME = "alliance_runtime"
OPERATOR = "alliance_operator"
DEFAULT_DATABASE = "alliance"

# Says that a database was made here, so that a reset may drop it and no other.
_MARK: LiteralString = "made by alliance.embedded"
_MAINTENANCE_DATABASES = ("postgres", "template1")
_RESERVED_DATABASES = {"", "postgres", "template0", "template1"}
# Two checkouts may set up the same server at the same time.
_LOCK_NUMBER = 7_305_148_802
_COMMON: LiteralString = "LOGIN NOSUPERUSER NOCREATEROLE NOCREATEDB NOREPLICATION"
_ATTRIBUTES: dict[str, LiteralString] = {
    OWNER: f"{_COMMON} NOBYPASSRLS",
    RUNTIME: f"{_COMMON} NOBYPASSRLS",
    OPERATOR: f"{_COMMON} BYPASSRLS",
}


@dataclass(frozen=True)
class RoleUrls:
    """One login per role, all on the same database."""

    runtime: str
    owner: str
    operator: str

    def by_role(self) -> dict[str, str]:
        """The URLs under their roles' names."""
        return {OWNER: self.owner, RUNTIME: self.runtime, OPERATOR: self.operator}

    def on_database(self, name: str) -> RoleUrls:
        """The same logins on another database of the server."""
        return RoleUrls(
            runtime=with_database(self.runtime, name),
            owner=with_database(self.owner, name),
            operator=with_database(self.operator, name),
        )


def create_roles(admin_url: str, given: RoleUrls | None = None) -> RoleUrls:
    """Make the three roles and the database of `admin_url` exist as they should be, and return their logins.

    Safe to repeat and to run twice at once. Where the administrator signs in with a password, each role's
    password is derived from it, so several checkouts on one server agree; otherwise roles have none. With
    `given`, the roles get the passwords of those URLs instead. Raises LauncherError when the login may not do
    this, the URL names no database of its own, or the server cannot be reached.
    """
    name = database_name(admin_url) or DEFAULT_DATABASE
    with _maintenance(admin_url) as connection:
        urls = given or _derived_urls(admin_url, name, connection.info.password)
        if given:
            _check_users(given)
        for role, url in urls.by_role().items():
            _ensure_role(connection, role)
            _set_password(connection, role, login_of(url)[1])
        _ensure_database(connection, admin_url, name, template=None)
    return urls


def create_database(admin_url: str, name: str, *, template: str | None = None) -> RoleUrls:
    """Create database `name` beside the one of `admin_url`, ready for the three roles (created too if missing).

    A database that exists already is kept, and so are the passwords of existing roles. With `template` it
    starts as a copy of that database, to which nobody may be connected. Raises LauncherError like
    `create_roles`.
    """
    with _maintenance(admin_url) as connection:
        urls = _derived_urls(admin_url, name, connection.info.password)
        for role, url in urls.by_role().items():
            if _ensure_role(connection, role):
                _set_password(connection, role, login_of(url)[1])
        _ensure_database(connection, admin_url, name, template=template)
    return urls


def drop_database(admin_url: str, name: str) -> None:
    """Drop database `name`, ending its connections; nothing happens when there is none.

    Raises LauncherError for the server's own databases and when the login may not do it.
    """
    if name in _RESERVED_DATABASES:
        msg = f"The database {name!r} belongs to the server and is never dropped."
        raise LauncherError(msg)
    with _maintenance(admin_url) as connection:
        connection.execute(sql.SQL("DROP DATABASE IF EXISTS {} WITH (FORCE)").format(sql.Identifier(name)))


def drop_database_made_here(admin_url: str) -> bool:
    """Drop the database of `admin_url` if this package created it; False when it did not, or there is none.

    Raises LauncherError like `drop_database`.
    """
    name = database_name(admin_url) or DEFAULT_DATABASE
    query = "SELECT shobj_description(oid, 'pg_database') FROM pg_database WHERE datname = %s"
    with _maintenance(admin_url) as connection:
        is_ours = connection.execute(query, [name]).fetchone() == (_MARK,)
    if is_ours:
        drop_database(admin_url, name)
    return is_ours


def _derived_urls(admin_url: str, name: str, admin_password: str) -> RoleUrls:
    base = with_database(admin_url, name)
    runtime, owner, operator = (
        with_login(base, role, _derived_password(admin_password, role)) for role in (RUNTIME, OWNER, OPERATOR)
    )
    return RoleUrls(runtime=runtime, owner=owner, operator=operator)


def _derived_password(admin_password: str, role: str) -> str | None:
    if not admin_password:
        return None
    return hmac.new(admin_password.encode(), role.encode(), hashlib.sha256).hexdigest()


def _check_users(urls: RoleUrls) -> None:
    for role, url in urls.by_role().items():
        user = login_of(url)[0]
        if user != role:
            msg = f"Expected the login {role} in its database URL, found {user}."
            raise LauncherError(msg)


@contextmanager
def _maintenance(admin_url: str) -> Iterator[psycopg.Connection]:
    """An administrator's connection beside the target database, alone among all that set up this server."""
    connection = _connect_for_maintenance(admin_url)
    try:
        with connection:
            connection.execute("SELECT pg_advisory_lock(%s)", [_LOCK_NUMBER])
            yield connection
    except psycopg.errors.InsufficientPrivilege as refusal:
        msg = (
            f"The login of DATABASE_URL may not set up the database ({str(refusal).strip()}): give an "
            "administrator's login, or set DATABASE_URL, DATABASE_OWNER_URL and DATABASE_OPERATOR_URL to the "
            "three roles' own logins."
        )
        raise LauncherError(msg) from refusal
    except psycopg.Error as failure:
        msg = f"The database server refused: {str(failure).strip()}"
        raise LauncherError(msg) from failure


def _connect_for_maintenance(admin_url: str) -> psycopg.Connection:
    failure: psycopg.OperationalError | None = None
    for name in _MAINTENANCE_DATABASES:
        try:
            return _connect(with_database(admin_url, name))
        except psycopg.OperationalError as error:
            failure = failure or error
    msg = f"The database server cannot be reached: {str(failure).strip()}"
    raise LauncherError(msg)


def _connect(url: str) -> psycopg.Connection:
    # Without the encoding, a server in SQL_ASCII would make names and passwords unreadable here.
    return psycopg.connect(url, autocommit=True, connect_timeout=10, client_encoding="utf8")


def _ensure_role(connection: psycopg.Connection, role: str) -> bool:
    """Make the role exist with exactly its attributes; True when it was created now."""
    name, attributes = sql.Identifier(role), _ATTRIBUTES[role]
    found = connection.execute("SELECT 1 FROM pg_roles WHERE rolname = %s", [role]).fetchone()
    if found:
        if not _has_attributes(connection, role):
            connection.execute(sql.SQL("ALTER ROLE {} " + attributes).format(name))
        return False
    connection.execute(sql.SQL("CREATE ROLE {} " + attributes).format(name))
    # An administrator who is no superuser needs membership to hand databases over.
    connection.execute(sql.SQL("GRANT {} TO CURRENT_USER").format(name))
    return True


def _set_password(connection: psycopg.Connection, role: str, password: str | None) -> None:
    if password:
        statement = sql.SQL("ALTER ROLE {} PASSWORD {}").format(sql.Identifier(role), sql.Literal(password))
        connection.execute(statement)


def _has_attributes(connection: psycopg.Connection, role: str) -> bool:
    wanted = (True, False, False, False, False, role == OPERATOR)
    query = (
        "SELECT rolcanlogin, rolsuper, rolcreaterole, rolcreatedb, rolreplication, rolbypassrls"
        " FROM pg_roles WHERE rolname = %s"
    )
    return connection.execute(query, [role]).fetchone() == wanted


def _ensure_database(connection: psycopg.Connection, admin_url: str, name: str, *, template: str | None) -> None:
    if name in _RESERVED_DATABASES:
        msg = f"The database {name!r} belongs to the server: name one of your own in DATABASE_URL."
        raise LauncherError(msg)
    query = "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = %s"
    found = connection.execute(query, [name]).fetchone()
    if not found:
        _create_empty(connection, name, template)
    elif found[0] != "UTF8":
        msg = f"The database {name} is encoded as {found[0]}; create it with ENCODING 'UTF8'."
        raise LauncherError(msg)
    with _connect(with_database(admin_url, name)) as inside:
        _hand_over(inside, name)


def _create_empty(connection: psycopg.Connection, name: str, template: str | None) -> None:
    encoding = connection.execute(
        "SELECT pg_encoding_to_char(encoding) FROM pg_database WHERE datname = 'template1'"
    ).fetchone()
    source: sql.Composable = sql.SQL("")
    if template:
        source = sql.SQL(" TEMPLATE {}").format(sql.Identifier(template))
    elif encoding != ("UTF8",):
        # A server set up without a locale would give SQL_ASCII, which accepts any bytes as text.
        source = sql.SQL(" TEMPLATE template0 ENCODING 'UTF8' LC_COLLATE 'C' LC_CTYPE 'C'")
    statement = sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(name), sql.Identifier(OWNER))
    connection.execute(statement + source)
    mark = sql.SQL("COMMENT ON DATABASE {} IS {}")
    connection.execute(mark.format(sql.Identifier(name), sql.Literal(_MARK)))


def _hand_over(inside: psycopg.Connection, name: str) -> None:
    """Give the database and its schema to the owner role, and to everybody else only what they need."""
    names = {
        "database": sql.Identifier(name),
        "owner": sql.Identifier(OWNER),
        "users": sql.SQL(", ").join([sql.Identifier(RUNTIME), sql.Identifier(OPERATOR)]),
    }
    statements: tuple[LiteralString, ...] = (
        "ALTER DATABASE {database} OWNER TO {owner}",
        "ALTER SCHEMA public OWNER TO {owner}",
        "REVOKE ALL ON DATABASE {database} FROM PUBLIC",
        "GRANT CONNECT ON DATABASE {database} TO {users}",
        "REVOKE ALL ON SCHEMA public FROM PUBLIC",
        "GRANT USAGE ON SCHEMA public TO {users}",
        "ALTER DATABASE {database} SET timezone TO 'UTC'",
    )
    for statement in statements:
        inside.execute(sql.SQL(statement).format(**names))
    _preinstall_extensions(inside)


def _preinstall_extensions(inside: psycopg.Connection) -> None:
    # The owner could install it as well where the server trusts it; elsewhere only the administrator can.
    available = inside.execute(
        "SELECT installed_version FROM pg_available_extensions WHERE name = 'btree_gist'"
    ).fetchone()
    if available and available[0] is None:
        try:
            inside.execute("CREATE EXTENSION btree_gist")
        except psycopg.errors.InsufficientPrivilege:
            return
