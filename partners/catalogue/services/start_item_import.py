"""Import a stored file of items at once, without a preview: after a failure, and for feeds."""

from collections.abc import Mapping
from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.models import ItemFile, ItemImport, ItemPreview
from partners.catalogue.services.preview_items import mapped_file


def start_item_import(
    *, actor: Actor, file_id: UUID, mapping: ItemMapping, feed_id: UUID | None = None, now: datetime
) -> UUID:
    """Queue the import of a stored file, which a feed may have brought; returns the import's id.

    Importing the same file again changes nothing.

    Raises `NotPermittedError`, `NotFoundError`, `FileRefusedError` when the file lacks a column of the mapping.
    """
    actor.require(Permission.ITEM_WRITE)
    item_file = mapped_file(file_id, mapping)
    with atomic():
        return begin_import(actor=actor, item_file=item_file, mapping=mapping.to_json(), feed_id=feed_id, now=now)


def begin_import(
    *,
    actor: Actor,
    item_file: ItemFile,
    mapping: Mapping[str, object],
    preview: ItemPreview | None = None,
    feed_id: UUID | None = None,
    now: datetime,
) -> UUID:
    """Write the job's row and its one row of the audit trail, for this service and `confirm_item_import`."""
    item_import = ItemImport.objects.create(
        organization_id=actor.organization_id,
        item_file=item_file,
        mapping=mapping,
        preview=preview,
        feed_id=feed_id,
        total=preview.total if preview else 0,
        created_by=actor.label[:160],
        queued_at=now,
    )
    after = {"file_id": str(item_file.pk), "file": item_file.name, "sha256": item_file.sha256}
    audit.record(actor, "item_import.confirmed", item_import, now=now, after=after)
    enqueue_job(item_import)
    return item_import.pk
