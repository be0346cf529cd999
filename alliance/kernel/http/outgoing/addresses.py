"""Which addresses may be spoken to, and how a name becomes one: asked once, every answer checked."""

import socket
from collections.abc import Callable, Sequence
from functools import cache
from ipaddress import IPv4Address, IPv4Network, IPv6Address, IPv6Network, ip_address
from queue import Empty, SimpleQueue
from threading import Thread
from typing import Final

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.outgoing.messages import OutgoingError
from alliance.kernel.http.outgoing.targets import Target, read_url

Address = IPv4Address | IPv6Address
Resolver = Callable[[str, int], Sequence[str]]  # name and port to addresses; raises OSError for an unknown name

RESOLVE_SECONDS: Final = 5.0
_MOST_ADDRESSES: Final = 16

# IANA's registries of special addresses. Written out, because what Python calls global differs between its versions.
_NOT_PUBLIC_4: Final = tuple(
    IPv4Network(network)
    for network in (
        "0.0.0.0/8",
        "10.0.0.0/8",
        "100.64.0.0/10",  # shared by carriers
        "127.0.0.0/8",
        "169.254.0.0/16",  # link-local; the clouds' metadata services
        "172.16.0.0/12",
        "192.0.0.0/24",
        "192.0.2.0/24",
        "192.88.99.0/24",  # 6to4 relays
        "192.168.0.0/16",
        "198.18.0.0/15",
        "198.51.100.0/24",
        "203.0.113.0/24",
        "224.0.0.0/4",
        "240.0.0.0/4",
    )
)
# Only 2000::/3 is handed out; so all that embeds or maps an IPv4 address (::ffff:0:0/96, 64:ff9b::/96 of NAT64), and
# all that is local or multicast, is outside. These are inside and still not public.
_PUBLIC_6: Final = IPv6Network("2000::/3")
_NOT_PUBLIC_6: Final = tuple(
    IPv6Network(network)
    for network in (
        "2001::/23",  # Teredo and other protocols
        "2001:db8::/32",
        "2002::/16",  # 6to4: holds an IPv4 address
        "3fff::/20",
    )
)


class AddressRefusedError(OutgoingError):
    """The name leads to an address that is not on the public internet."""

    code = "address_refused"
    sentence = _("This address is not on the public internet.")


class NameNotFoundError(OutgoingError):
    """The name has no address."""

    code = "name_not_found"
    sentence = _("There is no server of this name.")


def check_url(url: str, *, resolve: Resolver | None = None) -> str:
    """The URL in its one spelling, if requests to it would be allowed now. Asks the name service, connects to nothing.

    Raises `UrlMalformedError`, `UrlSchemeRefusedError`, `UrlPortRefusedError`, `NameNotFoundError`,
    `AddressRefusedError`, each for the field `url`.
    """
    target = read_url(url)
    checked_addresses(target, resolve=resolve)
    return target.url


def checked_addresses(
    target: Target, *, resolve: Resolver | None = None, seconds: float = RESOLVE_SECONDS
) -> list[Address]:
    """Every address of the target, each of them allowed. The name is asked for once: connect to these and no others.

    One refused address among many refuses them all. Raises `NameNotFoundError`, `AddressRefusedError`.
    """
    literal = target.address
    found = [literal] if literal else _resolved(target, resolve or resolve_name, seconds)
    if not all(is_allowed(address) for address in found):
        raise AddressRefusedError(field="url")
    return found


def is_allowed(address: Address) -> bool:
    """Whether the address is public, or in a network that the installation names."""
    return _is_public(address) or any(address in network for network in settings.OUTGOING_HTTP_ALLOWED_NETWORKS)


@cache
def _is_public(address: Address) -> bool:
    if isinstance(address, IPv4Address):
        return not any(address in network for network in _NOT_PUBLIC_4)
    return address in _PUBLIC_6 and not any(address in network for network in _NOT_PUBLIC_6)


def resolve_name(name: str, port: int) -> list[str]:
    """The addresses of a name by the system's own resolver; raises `OSError` for an unknown name."""
    found = socket.getaddrinfo(name, port, type=socket.SOCK_STREAM, proto=socket.IPPROTO_TCP)
    return list(dict.fromkeys(str(entry[4][0]) for entry in found))


def _resolved(target: Target, resolve: Resolver, seconds: float) -> list[Address]:
    """The name's addresses. The system's resolver knows no deadline, so it works aside and is left behind when slow."""
    answers: SimpleQueue[Sequence[str] | None] = SimpleQueue()

    def ask() -> None:
        try:
            answers.put(resolve(target.host, target.port))
        except (OSError, UnicodeError):
            answers.put(None)

    Thread(target=ask, name="resolver", daemon=True).start()
    try:
        found = answers.get(timeout=max(seconds, 0.001))
    except Empty:
        found = None
    if not found:
        raise NameNotFoundError(field="url")
    return [_parsed(text) for text in found[:_MOST_ADDRESSES]]


def _parsed(text: str) -> Address:
    """The address without the interface that a link-local one may name."""
    return ip_address(text.partition("%")[0])
