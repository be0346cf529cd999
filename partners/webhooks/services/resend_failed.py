"""Everything that failed since an instant is sent once more."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.models import DeliveryOutcome, WebhookDelivery
from partners.webhooks.services.resend_delivery import endpoint_on, send_again


def resend_failed(*, actor: Actor, endpoint_id: UUID, since: datetime, now: datetime) -> int:
    """Send all messages again that were written for the endpoint since then and failed; how many.

    Raises `NotFoundError`, `EndpointOffError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = endpoint_on(endpoint_id)
        failed = WebhookDelivery.objects.select_for_update().filter(
            endpoint=endpoint, state=DeliveryOutcome.FAILED, created_at__gte=since
        )
        ids = list(failed.values_list("pk", flat=True))
        send_again(ids, now)
        audit.record(actor, "webhook.failed_resent", endpoint, now=now, after={"since": since, "count": len(ids)})
    return len(ids)
