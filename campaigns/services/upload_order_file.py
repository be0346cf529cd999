"""Take in a file of orders: look it through, keep it, import nothing yet."""

from datetime import datetime
from uuid import UUID

from django.core.files import File

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.keeping import kept_file
from alliance.kernel.tenancy import atomic
from campaigns.models import OrderFile
from partners.selectors import hosted_alliances

FOLDER = "imports"


def upload_order_file(*, actor: Actor, name: str, content: File, now: datetime) -> UUID:  # type: ignore[type-arg]
    """Keep the file and what was found out about it; returns its id.

    The same bytes may be uploaded again: importing them again changes nothing. Raises `NotPermittedError`,
    `NotFoundError` for an organization that hosts no alliance, `FileRefusedError` for a file that can't be read.
    """
    actor.require(Permission.ORDER_IMPORT)
    if not any(alliance.host_id == actor.organization_id for alliance in hosted_alliances()):
        raise NotFoundError
    owner_id = actor.organization_id
    with kept_file(content, name=name, folder=FOLDER, organization_id=owner_id) as kept, atomic():
        order_file = OrderFile.objects.create(
            organization_id=owner_id, uploaded_by=actor.label[:160], uploaded_at=now, **kept.columns()
        )
        audit.record(actor, "order_file.uploaded", order_file, now=now, after={"sha256": kept.sha256})
    return kept.id
