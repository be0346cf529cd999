"""Take in a file of items: look it through, keep it, import nothing yet."""

from datetime import datetime
from uuid import UUID

from django.core.files import File

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.keeping import kept_file
from alliance.kernel.spreadsheets.layout import ALL_KINDS
from alliance.kernel.tenancy import atomic
from partners.catalogue.models import ItemFile

FOLDER = "item-imports"


def upload_item_file(*, actor: Actor, name: str, content: File, now: datetime) -> UUID:  # type: ignore[type-arg]
    """Keep the file and what was found out about it; returns its id. The same bytes may come again.

    Raises `NotPermittedError`, `FileRefusedError` for a file that can't be read.
    """
    actor.require(Permission.ITEM_WRITE)
    owner_id = actor.organization_id
    with (
        kept_file(content, name=name, folder=FOLDER, organization_id=owner_id, kinds=ALL_KINDS) as kept,
        atomic(),
    ):
        item_file = ItemFile.objects.create(
            organization_id=owner_id, uploaded_by=actor.label[:160], uploaded_at=now, **kept.columns()
        )
        audit.record(actor, "item_file.uploaded", item_file, now=now, after={"sha256": kept.sha256})
    return kept.id
