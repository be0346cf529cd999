"""An address is public, or it is not spoken to. Every answer of the name service counts."""

import time
from ipaddress import ip_address, ip_network

import pytest

from alliance.kernel.http.outgoing.addresses import (
    AddressRefusedError,
    NameNotFoundError,
    checked_addresses,
    is_allowed,
    resolve_name,
)
from alliance.kernel.http.outgoing.targets import read_url

TARGET = "https://shop.example/"

# The first and the last address of each closed network, and their open neighbours.
CLOSED = [
    "0.0.0.0-0.255.255.255",
    "10.0.0.0-10.255.255.255",
    "100.64.0.0-100.127.255.255",
    "127.0.0.0-127.255.255.255",
    "169.254.0.0-169.254.255.255",
    "172.16.0.0-172.31.255.255",
    "192.0.0.0-192.0.0.255",
    "192.0.2.0-192.0.2.255",
    "192.88.99.0-192.88.99.255",
    "192.168.0.0-192.168.255.255",
    "198.18.0.0-198.19.255.255",
    "198.51.100.0-198.51.100.255",
    "203.0.113.0-203.0.113.255",
    "224.0.0.0-255.255.255.255",
    "::-1fff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001::-2001:1ff:ffff:ffff:ffff:ffff:ffff:ffff",
    "2001:db8::-2001:db8:ffff:ffff:ffff:ffff:ffff:ffff",
    "2002::-2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
    "3fff::-3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff",
    "4000::-ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff",
]
OPEN = ["1.1.1.1", "93.184.215.14", "100.63.255.255", "100.128.0.0", "172.15.255.255", "172.32.0.0", "223.255.255.255"]
OPEN_6 = ["2000::", "2001:200::", "2001:db7:ffff::", "2003::1", "3ffe::1", "3fff:1000::", "2606:4700::1111"]


@pytest.mark.parametrize("span", CLOSED)
def test_closed_networks_are_closed_from_end_to_end(span):
    first, _, last = span.partition("-")
    assert not is_allowed(ip_address(first))
    assert not is_allowed(ip_address(last))
    assert not is_allowed(ip_address((int(ip_address(first)) + int(ip_address(last))) // 2 or 1))


@pytest.mark.parametrize("address", [*OPEN, *OPEN_6])
def test_public_addresses_are_open(address):
    assert is_allowed(ip_address(address))


def test_we_are_at_least_as_strict_as_the_standard_library():
    """Whatever Python calls private is closed here too: a sample of all of IPv4 and the special parts of IPv6."""
    for number in range(0, 2**32, 65_521 * 17):
        address = ip_address(number)
        assert address.is_global or not is_allowed(address), address
    for top in range(0, 2**16, 7):
        address = ip_address(top << 112 | 1)
        assert address.is_global or not is_allowed(address), address


def test_one_closed_answer_among_many_refuses_them_all():
    public = [f"93.184.215.{n}" for n in range(5)]
    assert len(checked_addresses(read_url(TARGET), resolve=lambda *_: public)) == 5
    for place in range(6):
        mixed = [*public[:place], "10.0.0.1", *public[place:]]
        with pytest.raises(AddressRefusedError):
            checked_addresses(read_url(TARGET), resolve=lambda *_, answers=mixed: answers)


def test_a_name_without_an_address_is_not_found():
    with pytest.raises(NameNotFoundError):
        checked_addresses(read_url(TARGET), resolve=lambda *_: [])


def test_a_slow_name_service_is_left_behind():
    began = time.monotonic()
    with pytest.raises(NameNotFoundError):
        checked_addresses(read_url(TARGET), resolve=lambda *_: time.sleep(2) or ["1.1.1.1"], seconds=0.05)
    assert time.monotonic() - began < 1


def test_an_installation_may_open_a_network_of_its_own(settings):
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("10.20.0.0/24"),)
    assert is_allowed(ip_address("10.20.0.7"))
    assert not is_allowed(ip_address("10.20.1.7"))
    assert not is_allowed(ip_address("::ffff:10.20.0.7"))


def test_the_systems_resolver_is_the_default():
    assert "127.0.0.1" in resolve_name("localhost", 443)
    with pytest.raises(AddressRefusedError):
        checked_addresses(read_url("https://localhost/"))
