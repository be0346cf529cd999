"""Kinds of keys, how they look, what a publishable one may do, and which origins it may name. All pure."""

import hashlib
import re
import secrets
from datetime import timedelta
from enum import StrEnum
from typing import Final

import idna


class KeyKind(StrEnum):
    """Who holds a key: a server that keeps it secret, or a page that everybody can read."""

    SECRET = "secret"  # noqa: S105  the name of a kind
    PUBLISHABLE = "publishable"


class PublishableScope(StrEnum):
    """All that a publishable key can open: what visitors of a page do and see. None reads an organization's data."""

    EVENT_WRITE = "event:write"
    WIDGET_READ = "widget:read"


PREFIXES: Final = {KeyKind.SECRET: "sk_", KeyKind.PUBLISHABLE: "pk_"}
PATTERN: Final = re.compile(r"(?<![A-Za-z0-9_-])[sp]k_[A-Za-z0-9_-]{43}(?![A-Za-z0-9_-])")  # for secret scanning
LONGEST_OVERLAP: Final = timedelta(days=7)
MOST_ORIGINS: Final = 50

_SECRET_BYTES: Final = 32
_ORIGIN: Final = re.compile(r"(https?)://([^/?#@\\:\[\]\s%]+)(?::([0-9]{1,5}))?/?", re.IGNORECASE)
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_OWN_PORTS: Final = {"https": 443, "http": 80}
_THIS_MACHINE: Final = frozenset({"localhost", "127.0.0.1"})
_LAST_PORT: Final = 65_535


def new_key(kind: KeyKind) -> str:
    """A new key: its prefix and 256 random bits."""
    return PREFIXES[kind] + secrets.token_urlsafe(_SECRET_BYTES)


def key_hash(key: str) -> str:
    """What is kept of a key."""
    return hashlib.sha256(key.encode()).hexdigest()


def normal_origin(text: str) -> str | None:
    """An origin as browsers send it in `Origin`, or `None` for what is none.

    https only; http for this machine, so that a page can be tried before it is published. No path, no wildcard.
    """
    shape = _ORIGIN.fullmatch(text.strip())
    if shape is None:
        return None
    scheme, host = shape[1].lower(), _host(shape[2])
    port = int(shape[3]) if shape[3] else _OWN_PORTS[scheme]
    if host is None or not 0 < port <= _LAST_PORT or (scheme == "http" and host not in _THIS_MACHINE):
        return None
    return f"{scheme}://{host}" if port == _OWN_PORTS[scheme] else f"{scheme}://{host}:{port}"


def _host(text: str) -> str | None:
    try:
        host = text.lower() if text.isascii() else idna.encode(text, uts46=True, std3_rules=True).decode()
    except (idna.IDNAError, ValueError):
        return None
    return host if all(_LABEL.fullmatch(label) for label in host.split(".")) else None
