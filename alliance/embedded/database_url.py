"""Small changes to PostgreSQL URLs."""

from __future__ import annotations

from urllib.parse import SplitResult, parse_qsl, quote, unquote, urlencode, urlsplit, urlunsplit

from alliance.embedded.errors import LauncherError

_SCHEMES = ("postgresql", "postgres")


def with_login(url: str, user: str, password: str | None) -> str:
    """The same server and database under another login.

    Raises LauncherError when `url` is no PostgreSQL URL.
    """
    parts = _split(url)
    place = parts.netloc.rpartition("@")[2]
    login = quote(user, safe="") + (f":{quote(password, safe='')}" if password else "")
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key not in {"user", "password"}]
    query = urlencode(kept, safe="/")
    return urlunsplit((parts.scheme, f"{login}@{place}", parts.path, query, ""))


def with_database(url: str, name: str) -> str:
    """The same server and login, another database. Raises LauncherError when `url` is no PostgreSQL URL."""
    parts = _split(url)
    kept = [(key, value) for key, value in parse_qsl(parts.query) if key != "dbname"]
    path = f"/{quote(name, safe='')}"
    # urlunsplit would drop the empty host of a socket URL without a login.
    query = urlencode(kept, safe="/")
    return f"{parts.scheme}://{parts.netloc}{path}" + (f"?{query}" if query else "")


def database_name(url: str) -> str:
    """The database a URL names; empty when it names none. Raises LauncherError for other URLs."""
    parts = _split(url)
    return dict(parse_qsl(parts.query)).get("dbname") or unquote(parts.path.lstrip("/"))


def login_of(url: str) -> tuple[str | None, str | None]:
    """User and password of a URL, None where not given. Raises LauncherError for other URLs."""
    parts = _split(url)
    user = unquote(parts.username) if parts.username else None
    return user, unquote(parts.password) if parts.password else None


def _split(url: str) -> SplitResult:
    parts = urlsplit(url)
    if parts.scheme not in _SCHEMES:
        msg = "A database URL must look like postgresql://user:password@host:5432/name."
        raise LauncherError(msg)
    return parts
