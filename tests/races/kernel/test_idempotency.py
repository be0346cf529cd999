"""Twenty clients send one request under one key at the same moment: one effect. Without the key: twenty."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connections
from rest_framework.parsers import JSONParser
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.test import APIRequestFactory

from alliance.kernel.events import publish
from alliance.kernel.idempotency import (
    IdempotencyKeyMalformedError,
    IdempotencyKeyReusedError,
    RequestInFlightError,
    forget_expired,
    handled_once,
)
from alliance.kernel.ids import new_id
from alliance.kernel.models import IdempotencyKey, OutboxMessage
from alliance.kernel.sealing import is_sealed
from alliance.kernel.tenancy import organization_scope
from tests.contract.kernel.test_outbox import LampLit

NOW = datetime(2026, 3, 1, 12, tzinfo=UTC)
CLIENTS = 20


def _request(key=None, body=None, path="/api/v1/lamps", method="post"):
    headers = {"HTTP_IDEMPOTENCY_KEY": key} if key is not None else {}
    factory = getattr(APIRequestFactory(), method)
    return Request(factory(path, body or {"lamp": "a"}, format="json", **headers), parsers=[JSONParser()])


def _light(request):
    """The operation: one effect, and an answer that tells two runs apart."""

    def respond():
        publish(LampLit(lamp_id=request.data["lamp"]), now=NOW)
        return Response({"id": str(new_id())}, status=201, headers={"Location": "/api/v1/lamps/a"})

    return respond


def _send(organization_id, key, *, now=NOW, body=None):
    request = _request(key, body)
    with organization_scope(organization_id):
        return handled_once(request, _light(request), now=now)


def _effects(organization_id):
    with organization_scope(organization_id):
        return OutboxMessage.objects.count()


def _race(organization_id, key):
    gate = threading.Barrier(CLIENTS)

    def client(_):
        try:
            gate.wait(10)
            return _send(organization_id, key).status_code
        except RequestInFlightError as refusal:
            return refusal.status
        finally:
            connections.close_all()

    with ThreadPoolExecutor(CLIENTS) as clients:
        return list(clients.map(client, range(CLIENTS)))


def test_twenty_at_once_have_one_effect(committed):
    organization_id = new_id()
    answers = _race(organization_id, "k1")
    assert _effects(organization_id) == 1
    assert set(answers) <= {201, 409}
    assert 201 in answers


def test_the_control_without_a_key_has_twenty_effects(committed):
    organization_id = new_id()
    assert _race(organization_id, None) == [201] * CLIENTS
    assert _effects(organization_id) == CLIENTS


def test_a_second_request_is_refused_while_the_first_is_worked_on(committed):
    organization_id, begun, finish = new_id(), threading.Event(), threading.Event()

    def slowly():
        begun.set()
        finish.wait(10)
        publish(LampLit(lamp_id="a"), now=NOW)
        return Response({"id": "first"}, status=201)

    def first():
        try:
            with organization_scope(organization_id):
                return handled_once(_request("slow"), slowly, now=NOW)
        finally:
            connections.close_all()

    with ThreadPoolExecutor(1) as first_client:
        answer = first_client.submit(first)
        assert begun.wait(10)
        with pytest.raises(RequestInFlightError):
            _send(organization_id, "slow")
        finish.set()
        assert answer.result(10).status_code == 201
    assert _send(organization_id, "slow").data == {"id": "first"}
    assert _effects(organization_id) == 1


def test_a_replay_gives_the_first_answer(db):
    organization_id = new_id()
    first, again = _send(organization_id, "k"), _send(organization_id, "k")
    assert (again.status_code, again.data) == (201, first.data)
    assert again.headers["Location"] == "/api/v1/lamps/a"
    assert again.headers["Idempotent-Replayed"] == "true"
    assert "Idempotent-Replayed" not in first.headers
    assert _effects(organization_id) == 1


def test_another_body_under_the_same_key_is_refused(db):
    organization_id = new_id()
    _send(organization_id, "k")
    with pytest.raises(IdempotencyKeyReusedError):
        _send(organization_id, "k", body={"lamp": "b"})


def test_a_key_belongs_to_one_organization(db):
    ours, theirs = new_id(), new_id()
    assert _send(ours, "k").data != _send(theirs, "k").data


@pytest.mark.parametrize("key", ["", "x" * 256, "ключ", "tab\t"])
def test_a_malformed_key_is_refused(db, key):
    with pytest.raises(IdempotencyKeyMalformedError), organization_scope(new_id()):
        handled_once(_request(key), Response, now=NOW)


def test_a_refused_request_may_be_corrected_and_sent_again(db):
    organization_id = new_id()
    with organization_scope(organization_id):
        assert handled_once(_request("k"), lambda: Response({"code": "no"}, status=422), now=NOW).status_code == 422
    assert _send(organization_id, "k", body={"lamp": "b"}).status_code == 201


def test_a_request_that_fails_on_the_way_leaves_its_key_free(db):
    organization_id = new_id()

    def broken():
        publish(LampLit(lamp_id="a"), now=NOW)
        raise ConnectionResetError

    with pytest.raises(ConnectionResetError), organization_scope(organization_id):
        handled_once(_request("k"), broken, now=NOW)
    assert _send(organization_id, "k").status_code == 201
    assert _effects(organization_id) == 1


def test_a_key_is_forgotten_after_a_day(committed):
    organization_id = new_id()
    _send(organization_id, "k")
    later = NOW + timedelta(hours=24, seconds=1)
    assert "Idempotent-Replayed" not in _send(organization_id, "k", now=later).headers
    assert forget_expired(now=later + timedelta(days=2)) >= 1
    with organization_scope(organization_id):
        assert not IdempotencyKey.objects.exists()


def test_reads_pay_no_attention_to_the_key(db):
    request = _request("k", method="get")
    with organization_scope(new_id()):
        first = handled_once(request, lambda: Response({"n": 1}), now=NOW)
        second = handled_once(request, lambda: Response({"n": 2}), now=NOW)
    assert (first.data, second.data) == ({"n": 1}, {"n": 2})


def test_the_stored_answer_is_what_was_sent_and_nobody_reads_it_in_the_row(db):
    organization_id = new_id()
    first = _send(organization_id, "k")
    with organization_scope(organization_id):
        row = IdempotencyKey.objects.get()
    assert is_sealed(bytes(row.body).decode())
    assert _send(organization_id, "k").data == first.data
    assert _effects(organization_id) == 1
