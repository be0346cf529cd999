"""Mails to those who look after an endpoint, when it fails or was switched off."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.telling import tell_members
from partners.webhooks.domain import DISABLED_AT, PATIENCE
from partners.webhooks.events import WebhookEndpointFailing, WebhookEndpointStopped
from partners.webhooks.models import WebhookEndpoint


def on_endpoint_failing(event: WebhookEndpointFailing, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell them, unless it has recovered meanwhile."""
    endpoint = WebhookEndpoint.objects.filter(pk=event.endpoint_id, is_enabled=True, failures__gt=0).first()
    if endpoint is not None:
        facts = {"failures": str(event.failures), "limit": str(DISABLED_AT), "days": str(PATIENCE.days)}
        _tell("webhook_failing", endpoint, facts, now)


def on_endpoint_stopped(event: WebhookEndpointStopped, /, *, organization_id: UUID, now: datetime) -> None:  # noqa: ARG001
    """Tell them, unless somebody has switched it on again meanwhile."""
    endpoint = WebhookEndpoint.objects.filter(pk=event.endpoint_id, is_enabled=False, removed_at=None).first()
    if endpoint is not None:
        _tell("webhook_stopped", endpoint, {"reason": event.reason}, now)


def _tell(template: str, endpoint: WebhookEndpoint, facts: dict[str, str], now: datetime) -> None:
    """One mail each, in their language."""
    known = {"url": endpoint.url, "link": page_address("webhook", endpoint.pk)}
    tell_members(template=template, permission=Permission.WEBHOOK_MANAGE, facts=known | facts, now=now)


def register() -> None:
    """Called when the app is ready."""
    subscribe(WebhookEndpointFailing, on_endpoint_failing, name="webhooks.mail_failing", queue="mail")
    subscribe(WebhookEndpointStopped, on_endpoint_stopped, name="webhooks.mail_stopped", queue="mail")
