"""What follows from an attempt: pauses, rest, notices, the end. Case H4 through the service."""

from datetime import timedelta

import pytest
from django.core import mail

from alliance.kernel.models import AuditEvent
from alliance.kernel.permissions import Role
from alliance.kernel.tenancy import organization_scope
from partners.webhooks.domain import PAUSES
from partners.webhooks.models import WebhookAttempt
from partners.webhooks.services.record_attempt import AttemptMade, record_attempt
from partners.webhooks.services.switch_off_endpoint import switch_off_endpoint
from tests.cast import NOW, host_organization, member_of
from tests.outbox import deliver_all
from tests.webhooks import endpoint_of, tell


@pytest.fixture
def host(db):
    return host_organization()


def attempt(endpoint, *, status=500, error="", at=NOW, delivery=None, claim=None, **answer):
    """Make one attempt for the first delivery that waits, with this outcome."""
    delivery = delivery or next(d for d in endpoint.deliveries() if d.state == "pending")
    made = AttemptMade(
        at=at,
        url="https://hooks.example/in",
        request_headers={"webhook-id": "msg_1", "webhook-signature": "v1,AAAA"},
        milliseconds=12,
        status=None if error else status,
        error=error,
        **answer,
    )
    with organization_scope(endpoint.party.id):
        record_attempt(
            actor=endpoint.party.system, claim=claim or endpoint.claim(delivery), made=made, chance=0.5, now=at
        )


def test_a_message_is_tried_ten_times_over_three_days_and_then_failed(host):
    endpoint = endpoint_of(host)
    tell(host)
    at = NOW
    for pause in PAUSES:
        attempt(endpoint, at=at)
        [delivery] = endpoint.deliveries()
        assert (delivery.state, delivery.next_attempt_at - at) == ("pending", pause)
        at = delivery.next_attempt_at
    attempt(endpoint, at=at, error="timed_out")
    [delivery] = endpoint.deliveries()
    assert (delivery.state, delivery.tries, delivery.last_error) == ("failed", 10, "timed_out")
    assert delivery.last_status is None
    assert [row.number for row in endpoint.attempts()] == list(range(1, 11))
    assert endpoint.row().is_enabled, "one message that failed is not the end"


def test_retry_after_puts_off_the_message_and_the_endpoint(host):
    endpoint = endpoint_of(host)
    tell(host)
    attempt(endpoint, status=429, response_headers={"retry-after": "7200"})
    assert endpoint.deliveries()[0].next_attempt_at == NOW + timedelta(hours=2)
    assert endpoint.row().rests_until == NOW + timedelta(hours=2)


def fail(endpoint, number, *, start=NOW, every=timedelta(hours=4)):
    for index in range(number):
        attempt(endpoint, at=start + index * every)


def test_people_are_told_at_5_10_and_15_failures_and_it_ends_at_20(host):
    developer = member_of(host, Role.DEVELOPER)
    member_of(host, Role.VIEWER)
    endpoint = endpoint_of(host)
    tell(host, times=3)
    told = []
    for number in range(1, 21):
        fail(endpoint, 1, start=NOW + number * timedelta(hours=4))
        deliver_all()
        told += [number] * len({str(message.subject) for message in mail.outbox})
        if mail.outbox:
            assert {message.to[0] for message in mail.outbox} == {host.owner.email, developer.email}
        mail.outbox.clear()
    assert told == [5, 10, 15, 20]
    row = endpoint.row()
    assert (row.is_enabled, row.disabled_reason, row.failures) == (False, "failing", 20)
    assert {delivery.state for delivery in endpoint.deliveries()} == {"failed"}
    assert {d.last_error for d in endpoint.deliveries()} <= {"endpoint_disabled", ""}
    assert tell(host) == 0, "it is off"


def test_the_mails_say_what_to_do(host):
    endpoint = endpoint_of(host)
    tell(host)
    fail(endpoint, 5)
    deliver_all()
    [message] = mail.outbox
    assert "https://hooks.example/in" in message.body
    assert f"/webhooks/{endpoint.id}/" in message.body
    attempt(endpoint, status=410)
    deliver_all()
    assert "switched off" in mail.outbox[1].subject
    assert "410" in mail.outbox[1].body


def test_mails_come_in_the_language_of_the_reader(host):
    host.owner.language = "zh-hans"
    host.owner.save()
    endpoint = endpoint_of(host)
    tell(host)
    attempt(endpoint, status=410)
    deliver_all()
    [message] = mail.outbox
    assert "Webhook" in message.subject
    assert "switched off" not in message.subject


def test_no_mail_of_a_trouble_that_is_over(host):
    endpoint = endpoint_of(host)
    tell(host)
    fail(endpoint, 5)
    attempt(endpoint, status=200)
    deliver_all()
    assert mail.outbox == []


def test_twenty_failures_in_a_night_do_not_switch_it_off(host):
    endpoint = endpoint_of(host)
    tell(host, times=3)
    fail(endpoint, 20, every=timedelta(minutes=20))
    assert endpoint.row().is_enabled


def test_a_success_clears_the_record_and_wakes_what_waits(host):
    endpoint = endpoint_of(host)
    tell(host, times=2)
    fail(endpoint, 4)
    assert endpoint.row().rests_until
    later = NOW + timedelta(days=1)
    attempt(endpoint, status=204, at=later)
    row = endpoint.row()
    assert (row.failures, row.failing_since, row.rests_until, row.succeeded_at) == (0, None, None, later)
    assert [d.next_attempt_at for d in endpoint.deliveries() if d.state == "pending"] == [later]


def test_the_system_signs_for_switching_off(host):
    endpoint = endpoint_of(host)
    tell(host)
    attempt(endpoint, status=410)
    with organization_scope(host.id):
        event = AuditEvent.objects.get(action="webhook.switched_off")
    assert (event.actor_kind, event.after) == ("system", {"reason": "gone"})


def test_an_answer_that_comes_after_switching_off_does_not_bring_the_message_back(host):
    endpoint = endpoint_of(host)
    tell(host)
    [delivery] = endpoint.deliveries()
    claim = endpoint.claim(delivery)
    with organization_scope(host.id):
        switch_off_endpoint(actor=host.actor(), endpoint_id=endpoint.id, now=NOW)
    attempt(endpoint, delivery=delivery, claim=claim)
    assert [d.state for d in endpoint.deliveries()] == ["failed"]
    assert endpoint.row().failures == 0


def test_an_attempt_whose_claim_was_lost_leaves_no_trace(host):
    endpoint = endpoint_of(host)
    tell(host)
    [delivery] = endpoint.deliveries()
    old = endpoint.claim(delivery)
    endpoint.claim(delivery)
    attempt(endpoint, delivery=delivery, claim=old, status=200)
    assert endpoint.attempts() == []
    assert endpoint.deliveries()[0].state == "pending"


def test_what_came_back_is_kept_without_secrets_and_without_nul(host):
    endpoint = endpoint_of(host)
    tell(host)
    headers = {f"x-{number}": "a" * 2000 for number in range(60)}
    attempt(
        endpoint,
        status=500,
        response_headers={"set-cookie": "session=1", "x-odd": "a\x00b", **headers},
        response_body=b"\xff\x00broken",
        is_cut=True,
    )
    [row] = endpoint.attempts()
    assert row.request_headers["webhook-signature"] == "[removed]"
    assert row.response_headers["set-cookie"] == "[removed]"
    assert len(row.response_headers) == 40
    assert max(map(len, row.response_headers.values())) == 500
    assert row.response_body == "\ufffd\ufffdbroken"


def test_attempts_are_never_rewritten(host):
    from django.db.utils import ProgrammingError

    endpoint = endpoint_of(host)
    tell(host)
    attempt(endpoint)
    with organization_scope(host.id), pytest.raises(ProgrammingError, match="permission denied"):
        WebhookAttempt.objects.update(status=200)
