"""An endpoint is removed."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.domain import DisabledBecause
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.services.change_endpoint import locked_endpoint
from partners.webhooks.services.switch_off_endpoint import stop_endpoint


def remove_endpoint(*, actor: Actor, endpoint_id: UUID, now: datetime) -> None:
    """Remove an endpoint for good; its log goes with time. Raises `NotFoundError`, `NotPermittedError`."""
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = locked_endpoint(endpoint_id)
        if endpoint.is_enabled:
            stop_endpoint(endpoint, DisabledBecause.MEMBER, now=now)
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            removed_at=now, sealed_secret="", sealed_previous_secret="", previous_secret_until=None
        )
        audit.record(actor, "webhook.removed", endpoint, now=now, before={"url": endpoint.url})
