"""Fixtures every test may use. Real PostgreSQL and Valkey always; no mocks of our own code.

`db` (pytest-django) wraps a test in one transaction of the runtime role and is the fast default.
`committed` lets a test commit for real, from several roles, threads or processes; it cleans nothing,
because tenants keep such tests apart: build fresh organizations (tests.cast) with it.
"""

import gc
from collections.abc import Iterator
from uuid import uuid4

import pytest
from pytest_django.plugin import DjangoDbBlocker

from tests.databases import cloned_database


def pytest_configure(config: pytest.Config) -> None:
    """Compile the translations once, before any process reads them; a fresh clone has none. Passwords cost little."""
    gc.disable()  # what is imported and collected stays: see pytest_collection_finish
    from django.conf import settings

    settings.PASSWORD_HASHERS = ["tests.hashing.QuickArgon2PasswordHasher", *settings.PASSWORD_HASHERS[1:]]
    if not hasattr(config, "workerinput"):
        from alliance.kernel.catalogues import catalogues, compile_catalogue

        for catalogue in catalogues():
            compile_catalogue(catalogue)


def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Of several processes, one begins with the tests that mostly wait: meanwhile the others have its processor."""
    if hasattr(config, "workerinput"):
        items.sort(key=lambda item: item.get_closest_marker("slow") is None)


def pytest_collection_finish() -> None:
    """Look for unreachable cycles among what the tests make, and no longer among the modules and tests themselves."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(10_000, 20, 50)
    gc.enable()


@pytest.fixture(scope="session")
def django_db_setup(request: pytest.FixtureRequest, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Every alias points at a fresh clone of the migrated template, one for each test process."""
    worker = getattr(request.config, "workerinput", {}).get("workerid", "main")
    with django_db_blocker.unblock(), cloned_database(worker):
        from tests.cast import PREPARED

        PREPARED.prepare()
        yield


@pytest.fixture(autouse=True)
def _own_beginning() -> None:
    """Each test takes the prepared cast for itself, and meets no other test's counters in the cache."""
    from django.core.cache import cache

    from tests.cast import PREPARED

    PREPARED.begin_test()
    cache.key_prefix = f"test-{uuid4()}"


@pytest.fixture
def committed(django_db_setup: None, django_db_blocker: DjangoDbBlocker) -> Iterator[None]:
    """Real commits on every role. Nothing is rolled back or truncated."""
    from django.db import connections

    with django_db_blocker.unblock():
        yield
        for alias in connections:
            connections[alias].close()
