"""A new signing secret; the old one signs beside it for a day."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.sealing import seal
from alliance.kernel.tenancy import atomic
from partners.webhooks.services.change_endpoint import locked_endpoint
from partners.webhooks.signing import new_secret, secret_purpose

OVERLAP: Final = timedelta(hours=24)


def rotate_secret(*, actor: Actor, endpoint_id: UUID, now: datetime) -> str:
    """Return a new signing secret, once. For 24 hours messages carry a signature by each, so a receiver may change over.

    Rotating again within that time drops the older of the two. Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.WEBHOOK_MANAGE)
    secret = new_secret()
    with atomic():
        endpoint = locked_endpoint(endpoint_id)
        endpoint.sealed_previous_secret, endpoint.previous_secret_until = endpoint.sealed_secret, now + OVERLAP
        endpoint.sealed_secret = seal(secret, purpose=secret_purpose(endpoint.id))
        endpoint.save(update_fields=["sealed_secret", "sealed_previous_secret", "previous_secret_until"])
        after = {"previous_until": endpoint.previous_secret_until}
        audit.record(actor, "webhook.secret_rotated", endpoint, now=now, after=after)
    return secret
