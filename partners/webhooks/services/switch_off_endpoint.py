"""Nothing more is sent to an endpoint."""

from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.domain import DisabledBecause
from partners.webhooks.models import DeliveryOutcome, WebhookDelivery, WebhookEndpoint
from partners.webhooks.services.change_endpoint import locked_endpoint

DISABLED_ERROR: Final = "endpoint_disabled"


def switch_off_endpoint(*, actor: Actor, endpoint_id: UUID, now: datetime) -> None:
    """Send nothing more; what is on its way counts as failed and may be sent again later. Repeating changes nothing.

    Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = locked_endpoint(endpoint_id)
        if endpoint.is_enabled:
            stop_endpoint(endpoint, DisabledBecause.MEMBER, now=now)
            audit.record(actor, "webhook.switched_off", endpoint, now=now, after={"reason": DisabledBecause.MEMBER})


def stop_endpoint(endpoint: WebhookEndpoint, reason: DisabledBecause, *, now: datetime) -> None:
    """Switch a locked endpoint off and end what is on its way. The caller has asked for the right and records it."""
    WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
        is_enabled=False, disabled_at=now, disabled_reason=reason, rests_until=None
    )
    WebhookDelivery.objects.filter(endpoint=endpoint, state=DeliveryOutcome.PENDING).update(
        state=DeliveryOutcome.FAILED, next_attempt_at=None, finished_at=now, last_error=DISABLED_ERROR
    )
