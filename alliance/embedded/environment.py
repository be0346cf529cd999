"""The environment variables under which the project finds its servers."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from alliance.embedded.database_url import with_database
from alliance.embedded.errors import LauncherError
from alliance.embedded.roles import (
    DEFAULT_DATABASE,
    RoleUrls,
    create_database,
    create_roles,
    drop_database,
)
from alliance.embedded.servers import Servers, Wanted

_RUNTIME_KEY = "DATABASE_URL"
_OWNER_KEY = "DATABASE_OWNER_URL"
_OPERATOR_KEY = "DATABASE_OPERATOR_URL"
_ADMIN_KEY = "DATABASE_ADMIN_URL"
_REDIS_KEY = "REDIS_URL"


@dataclass(frozen=True)
class OwnDatabase:
    """Use database `name` of the server instead of the usual one; `is_fresh` drops what it held before."""

    name: str
    is_fresh: bool = False


def wanted_servers(given: Mapping[str, str]) -> Wanted:
    """Which servers must be started because `given` names none."""
    return Wanted(postgres=not given.get(_RUNTIME_KEY), valkey=not given.get(_REDIS_KEY))


def provide(servers: Servers, given: Mapping[str, str], own_database: OwnDatabase | None = None) -> dict[str, str]:
    """Make servers, roles and database exist, and return the variables that lead to them.

    A server named in `given` is used, otherwise an embedded one is started. Where `given` has DATABASE_URL
    without the other two logins, it is taken as an administrator's login and the three roles are created from
    it; where it has all three they are returned untouched. Raises LauncherError.
    """
    wanted = wanted_servers(given)
    if wanted.postgres or wanted.valkey:
        servers.up(wanted)
    redis_url = servers.valkey.url if wanted.valkey else given[_REDIS_KEY]
    return {**_databases(servers, given, own_database), _REDIS_KEY: redis_url}


def role_logins(given: Mapping[str, str]) -> RoleUrls | None:
    """The three roles' logins when `given` has all of them, None when it has none beside DATABASE_URL.

    Raises LauncherError when it has only one of the other two.
    """
    owner, operator = given.get(_OWNER_KEY), given.get(_OPERATOR_KEY)
    if not owner and not operator:
        return None
    runtime = given.get(_RUNTIME_KEY)
    if not (runtime and owner and operator):
        msg = (
            f"Set all of {_RUNTIME_KEY}, {_OWNER_KEY} and {_OPERATOR_KEY}, or only {_RUNTIME_KEY} with an "
            "administrator's login, or none of them."
        )
        raise LauncherError(msg)
    return RoleUrls(runtime=runtime, owner=owner, operator=operator)


def exported(urls: RoleUrls, admin_url: str | None) -> dict[str, str]:
    """The database variables for these logins; the administrator's only when it is known."""
    variables = {
        _RUNTIME_KEY: urls.runtime,
        _OWNER_KEY: urls.owner,
        _OPERATOR_KEY: urls.operator,
    }
    return variables | ({_ADMIN_KEY: admin_url} if admin_url else {})


def _databases(servers: Servers, given: Mapping[str, str], own_database: OwnDatabase | None) -> dict[str, str]:
    logins = role_logins(given)
    if logins:
        admin_url = given.get(_ADMIN_KEY)
    elif given.get(_RUNTIME_KEY):
        admin_url = given[_RUNTIME_KEY]
    else:
        admin_url = with_database(servers.postgres.admin_url, DEFAULT_DATABASE)
    if own_database is None:
        return exported(logins or create_roles(_known(admin_url)), admin_url)
    admin_url = with_database(_known(admin_url), own_database.name)
    if own_database.is_fresh:
        drop_database(admin_url, own_database.name)
    if logins:
        urls = create_roles(admin_url, logins.on_database(own_database.name))
    else:
        urls = create_database(admin_url, own_database.name)
    return exported(urls, admin_url)


def _known(admin_url: str | None) -> str:
    if not admin_url:
        msg = f"Creating a database needs an administrator's login in {_ADMIN_KEY}."
        raise LauncherError(msg)
    return admin_url
