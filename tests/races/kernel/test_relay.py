"""Two relays hint different rows; a dead broker neither fails nor delays a request and loses nothing."""

import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier

import pytest
from django.db import connections

from alliance.kernel import hints
from alliance.kernel.events import publish, subscribe, unsubscribe
from alliance.kernel.hints import Hint
from alliance.kernel.ids import new_id
from alliance.kernel.models import DeliveryState, OutboxDelivery, OutboxMessage
from alliance.kernel.outbox import relay, upkeep
from alliance.kernel.tenancy import organization_scope
from tests.contract.kernel.test_outbox import LampLit, Listener
from tests.outbox import deliver_all

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
MESSAGES = 120


@pytest.fixture
def listener():
    heard = Listener()
    subscribe(LampLit, heard, name="tests.relayed", queue="money")
    yield heard
    unsubscribe("tests.relayed")


@pytest.fixture
def sent(monkeypatch):
    """What went to the broker, instead of a broker."""
    found: list[tuple[str, tuple]] = []

    def note(hint):
        found.append((hint.queue, hint.arguments))
        return True

    monkeypatch.setattr(Hint, "__call__", note)
    return found


def _publish(organization_id, number=1):
    with organization_scope(organization_id):
        for index in range(number):
            publish(LampLit(lamp_id=str(index)), now=NOW)


def _deliveries(organization_id):
    with organization_scope(organization_id):
        return list(OutboxDelivery.objects.all())


def _sent_for(sent, organization_id):
    return [arguments[0] for _, arguments in sent if arguments and arguments[-1] == str(organization_id)]


def test_a_transaction_hints_the_relay_once_however_much_it_publishes(committed, listener, sent):
    _publish(new_id(), 10)
    assert [queue for queue, arguments in sent if not arguments] == ["events"]


def test_doubled_relays_send_each_delivery_once(committed, listener, sent, monkeypatch):
    organization_id, gate = new_id(), Barrier(4)
    monkeypatch.setattr(relay, "BATCH", 7)
    _publish(organization_id, MESSAGES)

    def run(_):
        try:
            gate.wait(10)
            while relay.relay():  # other tests may have left deliveries that are due before ours
                pass
        finally:
            connections.close_all()

    with ThreadPoolExecutor(4) as relays:
        list(relays.map(run, range(4)))
    found = _sent_for(sent, organization_id)
    assert len(found) == len(set(found)) == MESSAGES
    ours = str(organization_id)
    assert {queue for queue, arguments in sent if arguments and arguments[-1] == ours} == {"money"}


def test_a_hinted_delivery_waits_for_its_lease_and_then_is_hinted_again(committed, listener, sent):
    organization_id = new_id()
    _publish(organization_id)
    for _ in range(3):
        relay.relay()
    assert len(_sent_for(sent, organization_id)) == 1
    with connections["operator"].cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_outboxdelivery SET next_attempt_at = now() WHERE organization_id = %s", [organization_id]
        )
    relay.relay()
    assert len(_sent_for(sent, organization_id)) == 2
    [delivery] = _deliveries(organization_id)
    assert delivery.hints == 2


@pytest.fixture
def dead_broker(monkeypatch):
    from alliance.celery import app

    monkeypatch.setattr(hints, "_broker", hints._Broker())
    dead = app.connection_for_write("redis://127.0.0.1:1/0")
    send = app.send_task
    monkeypatch.setattr(app, "send_task", lambda *args, **options: send(*args, connection=dead, **options))
    yield
    dead.release()


def test_a_dead_broker_costs_a_request_next_to_nothing_and_loses_nothing(committed, listener, dead_broker):
    organization_id = new_id()
    began = time.monotonic()
    for _ in range(20):
        _publish(organization_id)
    assert time.monotonic() - began < 3
    assert hints._broker.closed_until > 0
    assert deliver_all(organization_id) == 20


def test_a_parked_delivery_is_retried_on_request(committed):
    organization_id, flaky = new_id(), Listener(failures=5)
    subscribe(LampLit, flaky, name="tests.flaky", queue="events")
    try:
        _publish(organization_id)
        for _ in range(5):
            with pytest.raises(RuntimeError):
                deliver_all(organization_id)
        [delivery] = _deliveries(organization_id)
        assert delivery.state == DeliveryState.PARKED
        assert upkeep.retry_parked(delivery_ids=[delivery.pk]) == 1
        assert deliver_all(organization_id) == 1
    finally:
        unsubscribe("tests.flaky")


def test_messages_are_forgotten_when_done_and_old_but_not_before(committed, listener):
    old, parked = new_id(), new_id()
    _publish(old)
    _publish(parked)
    deliver_all(old)
    with connections["operator"].cursor() as cursor:
        cursor.execute("UPDATE kernel_outboxdelivery SET state = 'parked' WHERE organization_id = %s", [parked])
    with connections["owner"].cursor() as cursor:
        cursor.execute(
            "UPDATE kernel_outboxmessage SET created_at = '2001-01-01' WHERE organization_id IN (%s, %s)", [old, parked]
        )
    upkeep.forget_done()
    left = []
    for organization_id in (old, parked):
        with organization_scope(organization_id):
            left.append(OutboxMessage.objects.count())
    assert left == [0, 1]
