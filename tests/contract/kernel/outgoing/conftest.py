"""The way out, opened to loopback for servers of the test."""

from ipaddress import ip_network

import pytest

from tests.contract.kernel.outgoing.servers import authority


@pytest.fixture
def loopback(settings):
    """Plain http to 127.0.0.1 (and to no other address of loopback) on the ports that a test names."""
    settings.OUTGOING_HTTP_PLAIN = True
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)

    def allow(*ports: int) -> None:
        settings.OUTGOING_HTTP_PORTS = frozenset({80, 443, *ports})

    return allow


@pytest.fixture
def trusted(tmp_path, monkeypatch):
    """A certificate authority that this installation trusts."""
    made = authority(tmp_path)
    monkeypatch.setenv("SSL_CERT_FILE", str(made.file))
    return made
