"""A key that was found where it should not be stops working."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.mails import page_address
from partners.models import ApiKey
from partners.telling import tell_members


def revoke_leaked_key(*, actor: Actor, api_key_id: UUID, found_at: str, now: datetime) -> bool:
    """Make the key useless from this instant and mail those who look after keys; `False` when it worked no more anyway.

    `found_at` is where it was found, for the mail and the trail. Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.API_KEY_MANAGE)
    with atomic():
        key = ApiKey.objects.select_for_update().filter(pk=api_key_id).first()
        if key is None:
            raise NotFoundError
        if key.revoked_at is not None:
            return False
        key.revoked_at = now
        key.save(update_fields=["revoked_at"])
        audit.record(actor, "api_key.leak_revoked", key, now=now, after={"name": key.name, "found_at": found_at})
        facts = {
            "name": key.name,
            "key": f"{key.prefix}…{key.last_four}",
            "found_at": found_at,
            "link": page_address("api_keys"),
        }
        tell_members(template="api_key_leaked", permission=Permission.API_KEY_MANAGE, facts=facts, now=now)
    return True
