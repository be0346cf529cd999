"""What others may ask of webhooks."""

from uuid import UUID

from django.db.models import Q, QuerySet

from partners.webhooks.models import WebhookEndpoint


def endpoint_url(endpoint_id: UUID) -> str:
    """Where an endpoint of the scope's organization points; empty when it was removed."""
    found = WebhookEndpoint.objects.filter(pk=endpoint_id, removed_at=None).values_list("url", flat=True).first()
    return found or ""


def endpoints_in_trouble() -> QuerySet[WebhookEndpoint, WebhookEndpoint]:
    """The scope's organization's endpoints that fail now, or were switched off by the system."""
    failing = Q(is_enabled=True, failures__gt=0)
    stopped = Q(is_enabled=False, disabled_reason__in=["gone", "failing"])
    return WebhookEndpoint.objects.filter(failing | stopped, removed_at=None)


def count_endpoints_in_trouble() -> int:
    """How many they are."""
    return endpoints_in_trouble().count()
