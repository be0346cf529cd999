"""Forget a saved mapping."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.models import ImportMapping


def delete_mapping(*, actor: Actor, mapping_id: UUID, now: datetime) -> str:
    """Delete the mapping; imports made with it keep their copy. Returns its name.

    Raises `NotPermittedError`, `NotFoundError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    with atomic():
        row = ImportMapping.objects.select_for_update().filter(pk=mapping_id).first()
        if row is None:
            raise NotFoundError
        before = {"name": row.name, "spec": row.spec}
        audit.record(actor, "import_mapping.deleted", row, now=now, before=before)
        row.delete()
    return row.name
