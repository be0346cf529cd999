"""A message to try an endpoint with."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.hints import after_commit_once
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.models import WebhookDelivery, WebhookEndpoint, WebhookMessage
from partners.webhooks.services.resend_delivery import endpoint_on
from partners.webhooks.services.tell_endpoints import SEND_HINT, message_body
from partners.webhooks.types import TEST_TYPE, TestData, Told


def send_test(*, actor: Actor, endpoint_id: UUID, now: datetime) -> UUID:
    """Send a message of the type `webhook.test`, whatever the endpoint listens to; its delivery's id.

    Raises `NotFoundError`, `EndpointOffError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = endpoint_on(endpoint_id)
        told = Told(actor.organization_id, TestData(endpoint_id=endpoint.id))
        message = WebhookMessage.objects.create(
            id=new_id(),
            organization_id=actor.organization_id,
            type=TEST_TYPE,
            body=message_body(TEST_TYPE, told, now),
            created_at=now,
        )
        delivery = WebhookDelivery.objects.create(
            organization_id=actor.organization_id,
            endpoint=endpoint,
            message=message,
            next_attempt_at=now,
            created_at=now,
        )
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(rests_until=None)
        audit.record(actor, "webhook.tested", endpoint, now=now)
        after_commit_once(SEND_HINT)
    return delivery.id
