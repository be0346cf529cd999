"""The log of webhooks is kept for thirty days."""

from datetime import datetime, timedelta
from typing import Final

from alliance.kernel.tenancy import across_organizations
from partners.webhooks.models import DeliveryOutcome, WebhookDelivery, WebhookEndpoint, WebhookMessage

KEPT: Final = timedelta(days=30)


def forget_old(*, now: datetime) -> int:
    """Delete messages over 30 days old with their deliveries and attempts, and endpoints removed that long ago.

    What still waits to be delivered stays. Returns how many messages went.
    """
    with across_organizations(reason="upkeep of the webhook log"):
        waiting = WebhookDelivery.objects.filter(state=DeliveryOutcome.PENDING).values("message_id")
        old = WebhookMessage.objects.filter(created_at__lt=now - KEPT).exclude(pk__in=waiting)
        forgotten = old.delete()[1].get("partners.WebhookMessage", 0)
        WebhookEndpoint.objects.filter(removed_at__lt=now - KEPT).delete()
    return forgotten
