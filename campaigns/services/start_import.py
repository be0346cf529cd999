"""Import a stored file at once, without a preview: for the command line and the API."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.layout import FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.tenancy import atomic
from campaigns.domain.mapping import Mapping
from campaigns.models import OrderImport
from campaigns.services.preview_import import own_file, require_hosted


def start_import(*, actor: Actor, file_id: UUID, alliance_id: UUID, mapping: Mapping, now: datetime) -> UUID:
    """Queue the import of an uploaded file; returns the import's id. Importing the same file again changes nothing.

    Raises `NotPermittedError`, `NotFoundError`, `FileRefusedError` when the file lacks a column of the mapping.
    """
    actor.require(Permission.ORDER_IMPORT)
    order_file = own_file(file_id)
    require_hosted(actor, alliance_id)
    if missing := mapping.missing_in(FileLayout.from_json(order_file.layout).header):
        raise FileRefusedError(FileProblem.COLUMNS_MISSING, ", ".join(missing), field="mapping")
    with atomic():
        order_import = OrderImport.objects.create(
            organization_id=actor.organization_id,
            alliance_id=alliance_id,
            order_file=order_file,
            mapping=mapping.to_json(),
            created_by=actor.label[:160],
            queued_at=now,
        )
        after = {"file_id": str(file_id), "alliance_id": str(alliance_id)}
        audit.record(actor, "order_import.confirmed", order_import, now=now, after=after)
        enqueue_job(order_import)
    return order_import.pk
