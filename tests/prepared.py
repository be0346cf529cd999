"""A test's world that is built once for each process, committed, and handed to every `db` test as its own.

What the test does with it is undone with the test's transaction. What was published while the world was built is
published anew in that transaction: a test can't tell a prepared world from one that it built itself.
"""

import pickle
from collections.abc import Callable
from typing import Generic, TypeVar

from django.db import connections, transaction

from alliance.kernel.hints import after_commit_once
from alliance.kernel.models import OutboxDelivery, OutboxMessage
from alliance.kernel.outbox.publishing import Published
from alliance.kernel.tenancy import across_organizations, organization_scope

World = TypeVar("World")


class Prepared(Generic[World]):
    """One such world."""

    def __init__(self, build: Callable[[], World]) -> None:
        self._build = build
        self._world = b""  # pickled, so that each test gets objects of its own
        self._outbox: list[tuple[Published, list[OutboxMessage], list[OutboxDelivery]]] = []
        self._is_taken = False

    def prepare(self) -> None:
        """Build the world, outside of any test."""
        with transaction.atomic():
            world = self._build()
            waiting = connections["default"].run_on_commit
            promises = [entry[1] for entry in waiting]
            waiting.clear()
        with across_organizations(reason="what a prepared world published belongs to the test that takes it"):
            self._outbox = [self._unpublished(promise) for promise in promises]
        self._world = pickle.dumps(world)

    @staticmethod
    def _unpublished(promise: object) -> tuple[Published, list[OutboxMessage], list[OutboxDelivery]]:
        assert isinstance(promise, Published), f"a prepared world can't promise {promise}"
        messages = list(OutboxMessage.objects.filter(organization_id=promise.organization_id))
        deliveries = list(OutboxDelivery.objects.filter(message__in=messages).order_by("pk"))
        OutboxMessage.objects.filter(pk__in=[message.pk for message in messages]).delete()
        return promise, messages, deliveries

    def begin_test(self) -> None:
        """From now on another test may take it."""
        self._is_taken = False

    def take(self) -> World | None:
        """The world; None to a test that has it already, and to one that commits."""
        if self._is_taken or not self._world or not connections["default"].in_atomic_block:
            return None
        self._is_taken = True
        for promise, messages, deliveries in self._outbox:
            with organization_scope(promise.organization_id):
                OutboxMessage.objects.bulk_create(messages)
                OutboxDelivery.objects.bulk_create(deliveries)
                after_commit_once(promise)
        world: World = pickle.loads(self._world)
        return world
