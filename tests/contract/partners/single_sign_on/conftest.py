"""A real provider for the whole session, and companies that sign their people in by it."""

from collections.abc import Callable, Iterator
from ipaddress import ip_network

import pytest
from django.core.cache import cache

from tests.browser.server import free_port
from tests.contract.partners.single_sign_on.companies import Company, company_of
from tests.identity_provider.running import Provider, running


@pytest.fixture(scope="session")
def provider(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Provider]:
    with running(tmp_path_factory.mktemp("provider"), free_port()) as started:
        yield started


@pytest.fixture
def reachable(settings, provider) -> None:
    """The way out leads to the provider, and nothing of other tests is remembered."""
    settings.OUTGOING_HTTP_PLAIN = True
    settings.OUTGOING_HTTP_ALLOWED_NETWORKS = (ip_network("127.0.0.1/32"),)
    settings.OUTGOING_HTTP_PORTS = frozenset({80, 443, int(provider.issuer.rpartition(":")[2])})
    cache.clear()


@pytest.fixture
def company(db, reachable, provider) -> Company:
    """A partner whose people sign in by the provider."""
    return company_of(provider)


@pytest.fixture
def another_company(db, reachable, provider) -> Callable[[], Company]:
    return lambda: company_of(provider)
