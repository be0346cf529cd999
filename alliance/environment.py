"""Typed readers of environment variables that refuse unclear values.

Every key that is read through these functions stands in `.env.example`; a test holds the two
together.
"""

import os
from ipaddress import IPv4Network, IPv6Network, ip_network
from pathlib import Path
from typing import Final
from urllib.parse import parse_qsl, unquote, urlsplit

from django.core.exceptions import ImproperlyConfigured

YES: Final = frozenset({"1", "true", "yes", "on"})
NO: Final = frozenset({"0", "false", "no", "off", ""})


def text(name: str, default: str | None = None) -> str:
    """The value of `name`, or of the file that `name_FILE` points to; refuses to guess without a default."""
    if path := os.environ.get(f"{name}_FILE"):
        return Path(path).read_text(encoding="utf-8").strip()
    value = os.environ.get(name, default)
    if value is None:
        message = f"{name} is not set. See .env.example, or run `make demo`, which sets everything."
        raise ImproperlyConfigured(message)
    return value


def flag(name: str, *, default: bool = False) -> bool:
    """A yes/no value; anything but 1/0, true/false, yes/no, on/off is refused."""
    value = os.environ.get(name)
    if value is None:
        return default
    lowered = value.strip().lower()
    if lowered not in YES | NO:
        message = f"{name}={value!r} is neither yes nor no."
        raise ImproperlyConfigured(message)
    return lowered in YES


def whole_number(name: str, default: int) -> int:
    """A whole number; anything else is refused."""
    value = os.environ.get(name, str(default))
    try:
        return int(value)
    except ValueError as error:
        message = f"{name}={value!r} is not a whole number."
        raise ImproperlyConfigured(message) from error


def words(name: str, default: str = "") -> list[str]:
    """A comma-separated list without empty members."""
    return [part.strip() for part in text(name, default).split(",") if part.strip()]


def whole_numbers(name: str, default: str) -> frozenset[int]:
    """A comma-separated list of whole numbers; anything else is refused."""
    try:
        return frozenset(int(part) for part in words(name, default))
    except ValueError as error:
        message = f"{name} is not a list of whole numbers."
        raise ImproperlyConfigured(message) from error


def networks(name: str) -> tuple[IPv4Network | IPv6Network, ...]:
    """A comma-separated list of networks such as 10.1.0.0/16; anything else is refused."""
    try:
        return tuple(ip_network(part) for part in words(name))
    except ValueError as error:
        message = f"{name} is not a list of networks: {error}."
        raise ImproperlyConfigured(message) from error


def database(url: str) -> dict[str, object]:
    """Django's settings for a `postgresql://user:password@host:port/name?host=/socket` URL."""
    parts = urlsplit(url)
    if parts.scheme not in {"postgres", "postgresql"}:
        message = "Database URLs start with postgresql://; no other database can keep this product's promises."
        raise ImproperlyConfigured(message)
    options = dict(parse_qsl(parts.query))
    host = options.pop("host", None) or parts.hostname or ""
    port = options.pop("port", None) or parts.port or ""
    return {
        "ENGINE": "django.db.backends.postgresql",
        "NAME": unquote(parts.path.lstrip("/")),
        "USER": unquote(parts.username or ""),
        "PASSWORD": unquote(parts.password or ""),
        "HOST": host,
        "PORT": str(port),
        "OPTIONS": {"connect_timeout": 5, **options},
    }


def broker(redis_url: str) -> str:
    """The same Redis in kombu's spelling: `unix://path?db=1` becomes `redis+socket://path?virtual_host=1`."""
    if not redis_url.startswith("unix://"):
        return redis_url
    parts = urlsplit(redis_url)
    number = dict(parse_qsl(parts.query)).get("db", "0")
    return f"redis+socket://{parts.path}?virtual_host={number}"


def mail(url: str) -> dict[str, object]:
    """Django's EMAIL_* settings for `console://`, `demo://` (kept for the demo's page) or an SMTP URL.

    SMTP: `smtp://user:password@host:port` with STARTTLS when `?tls=1`, `smtps://` for implicit TLS.
    """
    parts = urlsplit(url)
    backends = {
        "console": "django.core.mail.backends.console.EmailBackend",
        "demo": "alliance.demo.mail.OutboxEmailBackend",
        "memory": "django.core.mail.backends.locmem.EmailBackend",
    }
    if backend := backends.get(parts.scheme):
        return {"EMAIL_BACKEND": backend}
    if parts.scheme not in {"smtp", "smtps"}:
        message = f"EMAIL_URL has the unknown scheme {parts.scheme!r}; use console://, demo://, smtp:// or smtps://."
        raise ImproperlyConfigured(message)
    return {
        "EMAIL_BACKEND": "django.core.mail.backends.smtp.EmailBackend",
        "EMAIL_HOST": parts.hostname or "localhost",
        "EMAIL_PORT": parts.port or (465 if parts.scheme == "smtps" else 25),
        "EMAIL_HOST_USER": unquote(parts.username or ""),
        "EMAIL_HOST_PASSWORD": unquote(parts.password or ""),
        "EMAIL_USE_SSL": parts.scheme == "smtps",
        "EMAIL_USE_TLS": dict(parse_qsl(parts.query)).get("tls") in YES,
        "EMAIL_TIMEOUT": 10,
    }
