"""The outbox: written with the fact, delivered once, retried, parked, never leaking between organizations."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from uuid import UUID

import pytest
from django.db import transaction

from alliance.kernel.events import (
    Event,
    EventMalformedError,
    SubscriptionTakenError,
    publish,
    subscribe,
    unsubscribe,
)
from alliance.kernel.ids import new_id
from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.outbox.delivery import MAX_ATTEMPTS, deliver
from alliance.kernel.tenancy import ScopeMissingError, atomic, organization_scope
from tests.outbox import deliver_all, pending

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)


@dataclass(frozen=True, slots=True, kw_only=True)
class LampLit(Event):
    lamp_id: str
    watts: int = 40
    rooms: tuple[str, ...] = ()


class Listener:
    """A handler that remembers, and fails as often as it is told."""

    def __init__(self, failures: int = 0) -> None:
        self.heard: list[tuple[LampLit, UUID]] = []
        self.failures = failures

    def __call__(self, event, *, organization_id, now) -> None:
        if self.failures:
            self.failures -= 1
            message = "the bulb is broken, password=hunter2"
            raise RuntimeError(message)
        self.heard.append((event, organization_id))


@contextmanager
def listening(listener, name="tests.lamp"):
    subscribe(LampLit, listener, name=name, queue="events")
    try:
        yield
    finally:
        unsubscribe(name)


@pytest.fixture
def listener() -> Iterator[Listener]:
    heard = Listener()
    with listening(heard):
        yield heard


def _publish(organization_id: UUID, **fields) -> None:
    with organization_scope(organization_id):
        publish(LampLit(lamp_id="a", **fields), now=NOW)


def _only_delivery(organization_id: UUID) -> OutboxDelivery:
    with organization_scope(organization_id):
        return OutboxDelivery.objects.get()


def test_a_published_event_reaches_its_subscriber_with_its_fields(db, listener):
    organization_id = new_id()
    _publish(organization_id, watts=60, rooms=("hall", "attic"))
    assert deliver_all() == 1
    assert listener.heard == [(LampLit(lamp_id="a", watts=60, rooms=("hall", "attic")), organization_id)]
    assert _only_delivery(organization_id).state == DeliveryState.DONE


def test_every_subscriber_has_its_own_delivery(db, listener):
    second = Listener()
    with listening(second, "tests.other_lamp"):
        _publish(new_id())
        assert deliver_all() == 2
    assert len(listener.heard) == len(second.heard) == 1


def test_a_doubled_message_acts_once(db, listener):
    organization_id = new_id()
    _publish(organization_id)
    [(delivery_id, _)] = pending()
    assert [deliver(delivery_id, organization_id=organization_id) for _ in range(3)] == [True, False, False]
    assert len(listener.heard) == 1


def test_an_event_without_subscribers_is_kept_and_delivers_nothing(db):
    organization_id = new_id()
    _publish(organization_id)
    with organization_scope(organization_id):
        assert OutboxMessage.objects.get().topic.endswith("LampLit")
    assert deliver_all() == 0


def test_nothing_is_published_when_the_fact_is_rolled_back(db, listener):
    organization_id = new_id()
    with organization_scope(organization_id):
        with atomic():
            publish(LampLit(lamp_id="a"), now=NOW)
            transaction.set_rollback(True)
        assert not OutboxMessage.objects.exists()
    assert deliver_all() == 0


def test_publishing_outside_a_scope_is_refused(db):
    with pytest.raises(ScopeMissingError):
        publish(LampLit(lamp_id="a"), now=NOW)


@pytest.mark.parametrize("bad", [1.5, None, True, ["a"], ("a", 1)])
def test_only_texts_whole_numbers_and_tuples_of_texts_travel(bad):
    with pytest.raises(EventMalformedError):
        LampLit(lamp_id=bad).to_payload()


def test_a_message_of_another_version_is_understood():
    assert LampLit.from_payload({"lamp_id": "a", "colour": "red"}) == LampLit(lamp_id="a")


def test_a_failing_handler_is_tried_again_and_its_reason_is_kept_without_secrets(db):
    organization_id, flaky = new_id(), Listener(failures=1)
    with listening(flaky):
        _publish(organization_id)
        with pytest.raises(RuntimeError):
            deliver_all()
        delivery = _only_delivery(organization_id)
        assert (delivery.state, delivery.attempts) == (DeliveryState.PENDING, 1)
        assert "the bulb is broken" in delivery.last_error
        assert "hunter2" not in delivery.last_error
        assert deliver_all() == 1
    assert len(flaky.heard) == 1


def test_a_poison_message_is_parked_after_five_attempts_and_others_flow_on(db, listener):
    organization_id, poison = new_id(), Listener(failures=99)
    with listening(poison, "tests.poison"):
        _publish(organization_id)
        with organization_scope(organization_id):
            [bad_id] = OutboxDelivery.objects.filter(subscriber="tests.poison").values_list("pk", flat=True)
        for _ in range(MAX_ATTEMPTS):
            with pytest.raises(RuntimeError):
                deliver(bad_id, organization_id=organization_id)
        assert deliver(bad_id, organization_id=organization_id) is False
        assert poison.failures == 99 - MAX_ATTEMPTS
        assert deliver_all() == 1
    assert len(listener.heard) == 1
    with organization_scope(organization_id):
        assert OutboxDelivery.objects.get(pk=bad_id).state == DeliveryState.PARKED


def test_a_delivery_that_killed_its_worker_each_time_is_parked(db, listener):
    organization_id = new_id()
    _publish(organization_id)
    with organization_scope(organization_id):
        OutboxDelivery.objects.update(attempts=MAX_ATTEMPTS)
    assert deliver_all() == 0
    assert _only_delivery(organization_id).state == DeliveryState.PARKED
    assert not listener.heard


def test_what_a_failed_handler_wrote_is_undone(db):
    organization_id = new_id()

    def half_done(event, *, organization_id, now) -> None:
        publish(LampLit(lamp_id="second"), now=now)
        raise RuntimeError

    with listening(half_done):
        _publish(organization_id)
        with pytest.raises(RuntimeError):
            deliver_all()
    with organization_scope(organization_id):
        assert OutboxMessage.objects.count() == 1


def test_a_subscriber_that_is_not_known_here_waits_for_a_worker_that_knows_it(db, listener):
    organization_id = new_id()
    _publish(organization_id)
    unsubscribe("tests.lamp")
    with pytest.raises(LookupError):
        deliver_all()
    assert _only_delivery(organization_id).state == DeliveryState.PENDING


def test_one_name_belongs_to_one_handler(listener):
    with pytest.raises(SubscriptionTakenError):
        subscribe(LampLit, Listener(), name="tests.lamp")


def test_an_unknown_queue_is_refused():
    with pytest.raises(ValueError, match="none of the queues"):
        subscribe(LampLit, Listener(), name="tests.nowhere", queue="elsewhere")


def test_another_organization_neither_sees_nor_delivers_it(db, listener):
    ours, theirs = new_id(), new_id()
    _publish(ours)
    [(delivery_id, _)] = pending()
    with organization_scope(theirs):
        assert not OutboxMessage.objects.exists()
        assert not OutboxDelivery.objects.exists()
    assert deliver(delivery_id, organization_id=theirs) is False
    assert not listener.heard
