"""Real servers in temporary directories; nothing here needs Django."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from alliance.embedded.servers import Servers


@pytest.fixture(scope="session")
def shared_servers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Servers]:
    """One running pair of servers, for tests that leave them running."""
    servers = Servers(tmp_path_factory.mktemp("shared") / "state", is_throwaway=True)
    servers.up()
    yield servers
    servers.reset()


@pytest.fixture
def own_servers(tmp_path: Path) -> Iterator[Servers]:
    """A pair of servers that is not running yet, for tests that stop or kill them."""
    servers = Servers(tmp_path / "state", is_throwaway=True)
    yield servers
    servers.reset()
