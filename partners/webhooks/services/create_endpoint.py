"""An organization names an address that is told what happens."""

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.http.outgoing import Resolver, check_url
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission
from alliance.kernel.sealing import seal
from alliance.kernel.tenancy import atomic
from partners.models import Organization
from partners.webhooks.models import WebhookEndpoint
from partners.webhooks.signing import new_secret, secret_purpose
from partners.webhooks.types import webhook_type_names

MOST_ENDPOINTS: Final = 20


@dataclass(frozen=True, slots=True)
class EndpointSettings:
    """What a member says about an endpoint."""

    url: str
    types: tuple[str, ...]
    description: str = ""


@dataclass(frozen=True, slots=True)
class CreatedEndpoint:
    """The endpoint's id and its signing secret, which is shown this once."""

    id: UUID
    secret: str


class UnknownWebhookTypeError(InvalidInputError):
    """There is no such type of message."""

    code = "unknown_webhook_type"
    sentence = _("There is no such type of message.")


class NothingWantedError(InvalidInputError):
    """An endpoint wants at least one type."""

    code = "nothing_wanted"
    sentence = _("Choose at least one type of message.")


class TooManyEndpointsError(DomainError):
    """The organization has as many endpoints as it may."""

    code = "too_many_endpoints"
    sentence = _("An organization may have 20 webhook endpoints. Remove one first.")


def create_endpoint(
    *, actor: Actor, wanted: EndpointSettings, now: datetime, resolve: Resolver | None = None
) -> CreatedEndpoint:
    """Create an endpoint, switched on, and return its signing secret, once; it is kept sealed.

    The address is checked now and again before each request. Raises `NothingWantedError`, `UnknownWebhookTypeError`,
    `TooManyEndpointsError`, an `OutgoingError` for the address, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    url, types = check_url(wanted.url, resolve=resolve), checked_types(wanted.types)
    secret, endpoint_id = new_secret(), new_id()
    with atomic():
        Organization.objects.select_for_update().get(pk=actor.organization_id)
        if WebhookEndpoint.objects.filter(removed_at=None).count() >= MOST_ENDPOINTS:
            raise TooManyEndpointsError
        endpoint = WebhookEndpoint.objects.create(
            id=endpoint_id,
            organization_id=actor.organization_id,
            url=url,
            description=wanted.description.strip(),
            types=types,
            sealed_secret=seal(secret, purpose=secret_purpose(endpoint_id)),
            created_at=now,
        )
        audit.record(actor, "webhook.created", endpoint, now=now, after={"url": url, "types": types})
    return CreatedEndpoint(endpoint.id, secret)


def checked_types(types: Collection[str]) -> list[str]:
    """The types, sorted, each once; raises `NothingWantedError`, `UnknownWebhookTypeError`."""
    if not types:
        raise NothingWantedError(field="types")
    if set(types) - webhook_type_names():
        raise UnknownWebhookTypeError(field="types")
    return sorted(set(types))
