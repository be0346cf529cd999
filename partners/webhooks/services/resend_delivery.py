"""A message is sent once more."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.hints import after_commit_once
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.models import DeliveryOutcome, WebhookDelivery, WebhookEndpoint
from partners.webhooks.services.change_endpoint import locked_endpoint
from partners.webhooks.services.tell_endpoints import SEND_HINT


class EndpointOffError(DomainError):
    """Nothing is sent to an endpoint that is off."""

    code = "endpoint_off"
    sentence = _("This endpoint is switched off. Switch it on first.")


def resend_delivery(*, actor: Actor, delivery_id: UUID, now: datetime) -> None:
    """Send the same message again under the same id, at once, with a full round of attempts if it fails.

    One that waits for its next attempt is tried now. Raises `NotFoundError`, `EndpointOffError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        found = WebhookDelivery.objects.filter(pk=delivery_id).values_list("endpoint_id", flat=True).first()
        if found is None:
            raise NotFoundError
        endpoint_on(found)
        delivery = WebhookDelivery.objects.select_for_update().get(pk=delivery_id)
        send_again([delivery.pk], now)
        audit.record(actor, "webhook.resent", delivery, now=now, before={"state": delivery.state})


def endpoint_on(endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint, locked and switched on; raises `NotFoundError`, `EndpointOffError`."""
    endpoint = locked_endpoint(endpoint_id)
    if not endpoint.is_enabled:
        raise EndpointOffError
    return endpoint


def send_again(delivery_ids: list[UUID], now: datetime) -> None:
    """Make the deliveries due now; the endpoint, if it rests, is woken."""
    again = WebhookDelivery.objects.filter(pk__in=delivery_ids)
    again.update(state=DeliveryOutcome.PENDING, tries=0, next_attempt_at=now, finished_at=None)
    WebhookEndpoint.objects.filter(pk__in=again.values("endpoint_id")).update(rests_until=None)
    after_commit_once(SEND_HINT)
