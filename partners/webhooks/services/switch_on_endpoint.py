"""An endpoint is told again."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.services.change_endpoint import locked_endpoint


def switch_on_endpoint(*, actor: Actor, endpoint_id: UUID, now: datetime) -> None:
    """Send again what happens from now on, with a clean record. Repeating changes nothing.

    Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = locked_endpoint(endpoint_id)
        if endpoint.is_enabled:
            return
        before = {"reason": endpoint.disabled_reason}
        WebhookEndpoint.objects.filter(pk=endpoint.pk).update(
            is_enabled=True, disabled_at=None, disabled_reason="", failures=0, failing_since=None, rests_until=None
        )
        audit.record(actor, "webhook.switched_on", endpoint, now=now, before=before)
