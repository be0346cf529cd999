"""A URL, read strictly: one spelling for each host, and none that two programs could read differently."""

import re
from dataclasses import dataclass
from ipaddress import IPv4Address, IPv6Address, ip_address
from typing import Final
from urllib.parse import quote

import idna
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.outgoing.messages import OutgoingError

LONGEST_URL: Final = 2048
_SHAPE: Final = re.compile(r"(https?)://([^/?#\\]+)(/[^?#\\]*)?(\?[^#\\]*)?", re.IGNORECASE)
_AUTHORITY: Final = re.compile(r"(\[[0-9a-f:.]+\]|[^:@\[\]%]+)(?::([0-9]{1,5}))?", re.IGNORECASE)
_FORBIDDEN: Final = re.compile(r"[\x00-\x20\x7f-\xa0\u2028\u2029\ufeff]")
_LABEL: Final = re.compile(r"(?!-)[a-z0-9-]{1,63}(?<!-)")
_NUMBER: Final = re.compile(r"[0-9]+|0x[0-9a-f]*")
_LONGEST_NAME: Final = 253
_KEPT: Final = "!$%&'()*+,-./:;=?@_~[]"


class UrlMalformedError(OutgoingError):
    """Not a URL, or one written in an unusual way."""

    code = "url_malformed"
    sentence = _("Write the whole address, such as https://shop.example/hooks, without a name, password or fragment.")


class UrlSchemeRefusedError(OutgoingError):
    """Neither https, nor http where the installation allows it."""

    code = "url_scheme_refused"
    sentence = _("The address must begin with https://.")


class UrlPortRefusedError(OutgoingError):
    """A port that web servers don't use."""

    code = "url_port_refused"
    sentence = _("This port is not allowed.")


@dataclass(frozen=True, slots=True)
class Target:
    """Where a URL leads. `host` is a lower-case ASCII name, or an address in its one canonical spelling."""

    is_secure: bool
    host: str
    port: int
    path: str

    @property
    def address(self) -> IPv4Address | IPv6Address | None:
        """The host as an address, when it is one."""
        try:
            return ip_address(self.host)
        except ValueError:
            return None

    @property
    def host_header(self) -> str:
        """The value of `Host`: the port stands there only when it is not the scheme's own."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == _own_port(is_secure=self.is_secure) else f"{host}:{self.port}"

    @property
    def origin(self) -> str:
        """`https://host[:port]`."""
        return f"{'https' if self.is_secure else 'http'}://{self.host_header}"

    @property
    def url(self) -> str:
        """The URL in its one spelling."""
        return self.origin + self.path


def read_url(url: str) -> Target:
    """The target of a URL. Raises `UrlMalformedError`, `UrlSchemeRefusedError` or `UrlPortRefusedError`."""
    shape = None if len(url) > LONGEST_URL or _FORBIDDEN.search(url) else _SHAPE.fullmatch(url)
    authority = _AUTHORITY.fullmatch(shape[2]) if shape else None
    if shape is None or authority is None:
        raise UrlMalformedError(field="url")
    is_secure = shape[1].lower() == "https"
    if not is_secure and not settings.OUTGOING_HTTP_PLAIN:
        raise UrlSchemeRefusedError(field="url")
    host = _literal(authority[1]) if authority[1].startswith("[") else _name(authority[1])
    port = int(authority[2]) if authority[2] else _own_port(is_secure=is_secure)
    if port not in settings.OUTGOING_HTTP_PORTS:
        raise UrlPortRefusedError(field="url")
    return Target(is_secure, host, port, _encoded((shape[3] or "/") + (shape[4] or "")))


def _encoded(path: str) -> str:
    """Path and query in ASCII; what is percent-encoded already stays as it is."""
    try:
        return quote(path, safe=_KEPT)
    except UnicodeEncodeError as error:  # half a character
        raise UrlMalformedError(field="url") from error


def _own_port(*, is_secure: bool) -> int:
    return 443 if is_secure else 80


def _literal(bracketed: str) -> str:
    try:
        return str(IPv6Address(bracketed[1:-1]))
    except ValueError as error:
        raise UrlMalformedError(field="url") from error


def _name(text: str) -> str:
    """The name in ASCII. What ends in a number is an address, and then must be one in four plain decimals."""
    try:
        name = idna.encode(text, uts46=True, std3_rules=True).decode() if not text.isascii() else text.lower()
        labels = name.split(".")
        if _NUMBER.fullmatch(labels[-1]):
            return str(IPv4Address(name))
    except (idna.IDNAError, ValueError) as error:
        raise UrlMalformedError(field="url") from error
    if len(name) > _LONGEST_NAME or not all(_LABEL.fullmatch(label) for label in labels):
        raise UrlMalformedError(field="url")
    return name
