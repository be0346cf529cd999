"""One alliance for all tests of the life of agreements, built once; whatever a test writes is undone."""

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from django.db import transaction

from tests.agreements import THIRTY_DAYS
from tests.cast import AgreementOf, Cast, full_cast, proposed_agreement, signed_agreement


@dataclass(frozen=True)
class World:
    """The cast, an agreement of host and south with thirty days' notice, and one of them that waits."""

    cast: Cast
    signed: AgreementOf
    waiting: AgreementOf


@pytest.fixture(scope="session")
def world(django_db_setup, django_db_blocker) -> Iterator[World]:
    with django_db_blocker.unblock():
        cast = full_cast()
        shares = [(cast.host, "60"), (cast.south, "40")]
        yield World(
            cast,
            signed_agreement(cast.alliance, shares, name="With notice", paper=THIRTY_DAYS),
            proposed_agreement(cast.alliance, shares, name="Waiting"),
        )


@pytest.fixture
def undone(world, django_db_blocker) -> Iterator[None]:
    """What the test writes as the runtime role is undone."""
    with django_db_blocker.unblock(), transaction.atomic(using="default"):
        yield
        transaction.set_rollback(True, using="default")


@pytest.fixture
def cast(world: World, undone: None) -> Cast:
    return world.cast


@pytest.fixture
def signed(world: World, undone: None) -> AgreementOf:
    return world.signed


@pytest.fixture
def waiting(world: World, undone: None) -> AgreementOf:
    return world.waiting
