"""Another address, other types, another description."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.outgoing import Resolver, check_url
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.services.create_endpoint import EndpointSettings, checked_types

_CHANGED = ("url", "types", "description")


def change_endpoint(
    *, actor: Actor, endpoint_id: UUID, wanted: EndpointSettings, now: datetime, resolve: Resolver | None = None
) -> None:
    """Change what an endpoint is; its secret and what is on its way stay. The same again changes nothing.

    Raises `NotFoundError`, `NothingWantedError`, `UnknownWebhookTypeError`, an `OutgoingError` for the address,
    `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    with atomic():
        endpoint = locked_endpoint(endpoint_id)
        url = endpoint.url if wanted.url == endpoint.url else check_url(wanted.url, resolve=resolve)
        after = {"url": url, "types": checked_types(wanted.types), "description": wanted.description.strip()}
        before = {name: getattr(endpoint, name) for name in _CHANGED}
        if after == before:
            return
        for name, value in after.items():
            setattr(endpoint, name, value)
        endpoint.save(update_fields=_CHANGED)
        audit.record(actor, "webhook.changed", endpoint, now=now, before=before, after=after)


def locked_endpoint(endpoint_id: UUID) -> WebhookEndpoint:
    """The endpoint, locked; raises `NotFoundError` for a foreign or removed one."""
    endpoint = WebhookEndpoint.objects.select_for_update(no_key=True).filter(pk=endpoint_id, removed_at=None).first()
    if endpoint is None:
        raise NotFoundError
    return endpoint
