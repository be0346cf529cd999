"""Keep what came of one request, and decide what follows."""

from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from django.db.models import F, Max

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.events import publish
from alliance.kernel.scrubbing import without_secrets
from alliance.kernel.tenancy import atomic
from partners.webhooks.domain import DisabledBecause, Verdict, asked_pause, pause_after, verdict
from partners.webhooks.events import WebhookEndpointFailing, WebhookEndpointStopped
from partners.webhooks.models import DeliveryOutcome, WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.webhooks.services.claim_due import Claim
from partners.webhooks.services.switch_off_endpoint import stop_endpoint

_MOST_HEADERS: Final = 40
_LONGEST_HEADER: Final = 500


@dataclass(frozen=True, slots=True)
class AttemptMade:
    """One request and its answer; without a status, `error` is the code of what went wrong."""

    at: datetime
    url: str
    request_headers: dict[str, str]
    milliseconds: int
    status: int | None = None
    response_headers: dict[str, str] = field(default_factory=dict)
    response_body: bytes = b""
    is_cut: bool = False
    error: str = ""


def record_attempt(*, actor: Actor, claim: Claim, made: AttemptMade, chance: float, now: datetime) -> None:
    """Write the attempt, end or put off its delivery, and free the endpoint; in the organization's scope.

    Success: what else waits for a recovered endpoint is due at once. 410: the endpoint is switched off. Failure: the next
    attempt after the pause of the schedule (spread by `chance`, 0 to 1), or the end; the endpoint rests, its people are told
    at 5, 10 and 15 failures in a row, and at 20 that last three days it is switched off. An attempt whose claim was lost
    meanwhile is not counted: whoever has the claim now sends the message again.
    """
    with atomic():
        endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=claim.endpoint_id).first()
        delivery = WebhookDelivery.objects.select_for_update().filter(pk=claim.delivery_id).first()
        if endpoint is None or delivery is None or endpoint.busy_token != claim.token:
            return
        _write(delivery, made)
        means = verdict(made.status)
        _conclude(delivery, means, made, chance, now)
        if means is Verdict.DELIVERED:
            _recover(endpoint, now)
        elif endpoint.is_enabled:
            _suffer(actor, endpoint, means, made, now)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(busy_until=None, busy_token=None)


def _write(delivery: WebhookDelivery, made: AttemptMade) -> None:
    last = WebhookAttempt.objects.filter(delivery=delivery).aggregate(number=Max("number"))["number"] or 0
    kept = [(name, value[:_LONGEST_HEADER]) for name, value in made.response_headers.items()][:_MOST_HEADERS]
    WebhookAttempt.objects.create(
        organization_id=delivery.organization_id,
        delivery=delivery,
        number=last + 1,
        at=made.at,
        url=made.url,
        request_headers=without_secrets(made.request_headers),
        status=made.status,
        response_headers=without_secrets({_storable(name): _storable(value) for name, value in kept}),
        response_body=_storable(made.response_body.decode("utf-8", errors="replace")),
        is_cut=made.is_cut,
        error=made.error,
        milliseconds=made.milliseconds,
    )


def _storable(text: str) -> str:
    """PostgreSQL keeps no NUL."""
    return text.replace("\x00", "\ufffd")


def _conclude(delivery: WebhookDelivery, means: Verdict, made: AttemptMade, chance: float, now: datetime) -> None:
    """A delivery that was ended meanwhile (its endpoint was switched off) stays as it is, unless it arrived after all."""
    changes: dict[str, object] = {"tries": F("tries") + 1, "last_status": made.status, "last_error": made.error}
    if means is Verdict.DELIVERED:
        changes |= {"state": DeliveryOutcome.DELIVERED, "next_attempt_at": None, "finished_at": now}
    elif delivery.state == DeliveryOutcome.PENDING:
        asked = asked_pause(made.status, made.response_headers.get("retry-after", ""), now)
        pause = None if means is Verdict.GONE else pause_after(delivery.tries + 1, chance=chance, asked=asked)
        changes |= (
            {"state": DeliveryOutcome.FAILED, "next_attempt_at": None, "finished_at": now}
            if pause is None
            else {"next_attempt_at": now + pause}
        )
    WebhookDelivery.objects.filter(pk=delivery.pk).update(**changes)


def _recover(endpoint: WebhookEndpoint, now: datetime) -> None:
    if endpoint.failures:
        WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryOutcome.PENDING).update(next_attempt_at=now)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        succeeded_at=now, failures=0, failing_since=None, rests_until=None
    )


def _suffer(actor: Actor, endpoint: WebhookEndpoint, means: Verdict, made: AttemptMade, now: datetime) -> None:
    health = endpoint.health.after_failure(now)
    asked = asked_pause(made.status, made.response_headers.get("retry-after", ""), now) or timedelta(0)
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        failures=health.failures, failing_since=health.failing_since, rests_until=now + max(health.rest(), asked)
    )
    if means is Verdict.GONE or health.is_hopeless(now):
        reason = DisabledBecause.GONE if means is Verdict.GONE else DisabledBecause.FAILING
        stop_endpoint(endpoint, reason, now=now)
        audit.record(actor, "webhook.switched_off", endpoint, now=now, after={"reason": reason})
        publish(WebhookEndpointStopped(endpoint_id=str(endpoint.pk), reason=str(reason)), now=now)
    elif health.is_notice_due():
        publish(WebhookEndpointFailing(endpoint_id=str(endpoint.pk), failures=health.failures), now=now)
