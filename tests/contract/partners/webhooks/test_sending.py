"""Messages arrive, signed by the specification; receivers that hang hold up nobody else."""

import json
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import connections
from standardwebhooks import Webhook, WebhookVerificationError

from alliance.kernel.clock import utc_now
from alliance.kernel.http.outgoing import Limits, addresses
from alliance.kernel.tenancy import organization_scope
from partners.webhooks import sending
from partners.webhooks.sending import send_due
from partners.webhooks.services import claim_due as claiming
from partners.webhooks.services.claim_due import claim_due
from partners.webhooks.services.rotate_secret import rotate_secret
from partners.webhooks.services.take_turn import take_turn, take_turn_back
from tests.cast import host_organization
from tests.contract.kernel.outgoing.servers import answering, serving
from tests.races.processes import wait_until
from tests.webhooks import endpoint_of, tell, verified

OK = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"
GONE = b"HTTP/1.1 410 Gone\r\nContent-Length: 0\r\n\r\n"
BROKEN = b"HTTP/1.1 500 Oops\r\nContent-Length: 5\r\nX-Request: 7\r\n\r\nsorry"
GIVEN_UP = 1.5
QUICK = Limits(connect_seconds=GIVEN_UP, read_seconds=GIVEN_UP, total_seconds=GIVEN_UP, most_bytes=4096, is_cut=True)

pytestmark = pytest.mark.usefixtures("committed")


@pytest.fixture
def host(committed):
    return host_organization()


def in_threads(number, work):
    """What `work` gives in so many threads at once; each closes its own connections."""

    def one(_number):
        try:
            return work()
        finally:
            connections.close_all()

    with ThreadPoolExecutor(number) as pool:
        return list(pool.map(one, range(number)))


def address(server, path="/in"):
    return f"http://127.0.0.1:{server.port}{path}"


def test_a_message_arrives_signed_and_is_logged(host, loopback):
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        send_due()
    [request] = server.requests
    content = verified(request, endpoint.secret)
    assert content["type"] == "partner.joined"
    [delivery] = endpoint.deliveries()
    assert (delivery.state, delivery.tries, delivery.last_status) == ("delivered", 1, 200)
    [attempt] = endpoint.attempts()
    assert (attempt.status, attempt.response_body, attempt.error) == (200, "ok", "")
    assert attempt.request_headers["webhook-id"] == f"msg_{delivery.message_id.hex}"
    assert attempt.request_headers["webhook-signature"] == "[removed]"
    assert json.loads(delivery.message.body) == content


def test_a_forged_message_does_not_verify(host, loopback):
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        other = endpoint_of(host, address(server, "/other"))
        tell(host)
        send_due()
    ours = next(r for r in server.requests if r.startswith(b"POST /in"))
    head, _, body = ours.partition(b"\r\n\r\n")
    with pytest.raises(WebhookVerificationError):
        verified(ours, other.secret)
    with pytest.raises(WebhookVerificationError):
        verified(head + b"\r\n\r\n" + body.replace(b"partner.joined", b"partner.JOINED"), endpoint.secret)


def test_after_a_rotation_both_secrets_verify_for_a_day(host, loopback):
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        with organization_scope(host.id):
            fresh = rotate_secret(actor=host.actor(), endpoint_id=endpoint.id, now=utc_now())
        tell(host)
        send_due()
        verified(server.requests[0], endpoint.secret)
        verified(server.requests[0], fresh)
        assert server.requests[0].count(b"v1,") == 2
        endpoint.change(previous_secret_until=utc_now())
        tell(host)
        send_due()
    verified(server.requests[1], fresh)
    with pytest.raises(WebhookVerificationError):
        verified(server.requests[1], endpoint.secret)


def test_a_failure_is_tried_again_under_the_same_id(host, loopback):
    answers = [BROKEN, OK]
    with serving(lambda line: line.sendall(answers.pop(0))) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        send_due()
        [delivery] = endpoint.deliveries()
        assert (delivery.state, delivery.tries, delivery.last_status) == ("pending", 1, 500)
        assert 4 <= (delivery.next_attempt_at - utc_now()).total_seconds() <= 6
        assert send_due() == 0
        endpoint.make_due()
        send_due()
    first, second = (verified(request, endpoint.secret) for request in server.requests)
    assert first == second
    ids = {line for request in server.requests for line in request.split(b"\r\n") if line.startswith(b"webhook-id")}
    assert len(ids) == 1
    [one, two] = endpoint.attempts()
    assert (one.status, one.response_body, one.response_headers["x-request"]) == (500, "sorry", "7")
    assert (two.number, two.status) == (2, 200)


def test_410_switches_the_endpoint_off(host, loopback):
    with serving(answering(GONE)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host, times=3)
        send_due()
    assert len(server.requests) == 1
    row = endpoint.row()
    assert (row.is_enabled, row.disabled_reason) == (False, "gone")
    assert {delivery.state for delivery in endpoint.deliveries()} == {"failed"}


def test_a_redirect_is_a_failure_and_is_not_followed(host, loopback):
    moved = b"HTTP/1.1 302 Found\r\nLocation: http://169.254.169.254/\r\nContent-Length: 0\r\n\r\n"
    with serving(answering(moved)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        send_due()
    assert [attempt.status for attempt in endpoint.attempts()] == [302]
    assert endpoint.deliveries()[0].state == "pending"


def test_ten_megabytes_of_answer_are_a_success_of_which_four_kilobytes_are_kept(host, loopback):
    huge = b"HTTP/1.1 200 OK\r\nContent-Length: 10000000\r\n\r\n" + b"\x00\xff" * 5_000_000
    with serving(answering(huge)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        send_due()
    [attempt] = endpoint.attempts()
    assert (attempt.status, attempt.is_cut, len(attempt.response_body)) == (200, True, 4096)
    assert endpoint.deliveries()[0].state == "delivered"


def test_an_address_that_has_moved_inside_is_refused_at_the_request(host, loopback, monkeypatch):
    monkeypatch.setattr(addresses, "resolve_name", lambda _name, _port: ["10.0.0.5"])
    endpoint = endpoint_of(host)
    tell(host)
    send_due()
    assert [attempt.error for attempt in endpoint.attempts()] == ["address_refused"]
    assert "10.0.0.5" not in str([vars(attempt) for attempt in endpoint.attempts()])


def test_a_secret_that_does_not_open_is_a_failure_like_any_other(host, loopback):
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        endpoint.change(sealed_secret="sealed1.nonsense.AAAA")
        tell(host)
        send_due()
    assert server.requests == []
    assert [attempt.error for attempt in endpoint.attempts()] == ["internal_error"]
    assert endpoint.deliveries()[0].state == "pending"


def _hanging(seconds):
    return lambda _line: time.sleep(seconds)


def _time_to_serve_twenty(loopback, *, at_once):
    """Seconds until twenty other endpoints are served while one receiver hangs for each of its requests."""
    hanging_one = host_organization()
    others = [host_organization() for _ in range(4)]
    served = []
    both = threading.Barrier(2, timeout=10)
    with serving(_hanging(5)) as hanging, serving(_noting(served)) as good:
        loopback(hanging.port, good.port)
        endpoint_of(hanging_one, address(hanging))
        tell(hanging_one)
        for party in others:
            for number in range(5):
                endpoint_of(party, address(good, f"/{number}"))

        def run():
            both.wait()
            try:
                return send_due(at_once=at_once, limits=QUICK)
            finally:
                connections.close_all()

        with ThreadPoolExecutor(1) as pool:
            sender = pool.submit(run)
            both.wait()
            wait_until(lambda: hanging.requests, seconds=5)
            began = time.monotonic()
            for party in others:
                tell(party)
            wait_until(lambda: len(served) >= 20, seconds=20)
            took = time.monotonic() - began
            sender.result()
    assert len(served) == 20
    return took


def _noting(served):
    def script(line):
        served.append(time.monotonic())
        line.sendall(OK)

    return script


def test_a_hanging_receiver_does_not_hold_up_twenty_others(committed, loopback, settings):
    settings.WEBHOOK_SENDERS = 1
    assert _time_to_serve_twenty(loopback, at_once=4) < GIVEN_UP, "before the first hanging request was given up"


def test_one_after_another_they_would_wait(committed, loopback, settings):
    """The control: with one request at a time the twenty wait for the one that hangs."""
    settings.WEBHOOK_SENDERS = 1
    assert _time_to_serve_twenty(loopback, at_once=1) > GIVEN_UP * 0.9


def test_an_endpoint_gets_one_request_at_a_time(host, loopback):
    now = most = 0
    guard = threading.Lock()

    def script(line):
        nonlocal now, most
        with guard:
            now += 1
            most = max(most, now)
        time.sleep(0.02)
        with guard:
            now -= 1
        line.sendall(OK)

    with serving(script) as server:
        loopback(server.port)
        endpoint_of(host, address(server))
        tell(host, times=8)
        in_threads(3, send_due)
    assert (len(server.requests), most) == (8, 1)


def test_senders_that_claim_at_once_get_different_endpoints(committed):
    parties = [host_organization() for _ in range(3)]
    endpoints = {endpoint_of(party).id for party in parties for _ in range(4)}
    for party in parties:
        tell(party, times=2)
    together = threading.Barrier(6, timeout=10)

    def claim():
        together.wait()
        return claim_due(most=50)

    claims = [claim for found in in_threads(6, claim) for claim in found if claim.endpoint_id in endpoints]
    assert len(claims) == 12
    assert {claim.endpoint_id for claim in claims} == endpoints


def test_a_sender_that_died_after_the_request_is_followed_by_another(host, loopback, monkeypatch):
    """Between request and mark: the lease runs out, the same message is sent again under the same id."""
    monkeypatch.setattr(claiming, "LEASE_SECONDS", 1.5)
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        [claim] = [claim for claim in claim_due(most=50) if claim.endpoint_id == endpoint.id]
        sending.attempt(claim)
        assert [d.state for d in endpoint.deliveries()] == ["pending"]
        send_due()
        assert len(server.requests) == 1
        time.sleep(1.55)
        send_due()
        sending._record(claim, sending.attempt(claim))  # the dead one comes back, late
    assert len(server.requests) == 3
    ids = {line for request in server.requests for line in request.split(b"\r\n") if line.startswith(b"webhook-id")}
    assert len(ids) == 1
    assert [d.state for d in endpoint.deliveries()] == ["delivered"]
    assert len(endpoint.attempts()) == 1


def test_no_more_senders_than_allowed_work_at_a_time(committed):
    together = threading.Barrier(8, timeout=10)

    def turn():
        together.wait()
        return take_turn(senders=3)

    tokens = [token for token in in_threads(8, turn) if token]
    try:
        assert len(tokens) == 3
        assert take_turn(senders=3) is None
        take_turn_back(tokens[0])
        tokens[0] = take_turn(senders=3)
        assert tokens[0]
    finally:
        for token in tokens:
            take_turn_back(token)


def test_a_recovered_endpoint_gets_what_waits_at_once(host, loopback):
    answers = [BROKEN] * 3
    with serving(lambda line: line.sendall(answers.pop() if answers else OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host, times=3)
        send_due()
        assert (endpoint.row().failures, endpoint.row().rests_until is not None) == (3, True)
        assert send_due() == 0, "it rests"
        endpoint.change(rests_until=None)
        with organization_scope(host.id):
            first = endpoint.deliveries()[0]
            type(first).objects.filter(pk=first.pk).update(next_attempt_at=utc_now())
        send_due()
    assert {delivery.state for delivery in endpoint.deliveries()} == {"delivered"}
    assert (endpoint.row().failures, endpoint.row().failing_since) == (0, None)


def test_the_library_that_checks_us_refuses_replays_of_yesterday(host, loopback):
    """A control of `verified`: an old timestamp with a right signature is refused."""
    with serving(answering(OK)) as server:
        loopback(server.port)
        endpoint = endpoint_of(host, address(server))
        tell(host)
        send_due()
    old = server.requests[0].replace(b"webhook-timestamp: 1", b"webhook-timestamp: 0")
    with pytest.raises(WebhookVerificationError):
        verified(old, endpoint.secret)
    assert Webhook(endpoint.secret)
