"""A key stops working."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import ApiKey


def revoke_api_key(*, actor: Actor, api_key_id: UUID, now: datetime) -> None:
    """Make a key useless from now on; it stays in the list. Repeating it changes nothing.

    Raises `NotFoundError`, `PersonRequiredError`, `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    actor.require_person()
    with atomic():
        key = ApiKey.objects.select_for_update().filter(pk=api_key_id).first()
        if key is None:
            raise NotFoundError
        if key.revoked_at is not None:
            return
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.record(actor, "api_key.revoked", key, now=now, after={"name": key.name})
