"""Find out what importing a file through a mapping would do, without doing it."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.domain.mapping import Mapping
from campaigns.models import ImportPreview, OrderFile
from campaigns.readers.layout import FileLayout
from campaigns.readers.problems import FileProblem, OrderFileError
from partners.selectors import hosted_alliances


def preview_import(*, actor: Actor, file_id: UUID, alliance_id: UUID, mapping: Mapping, now: datetime) -> UUID:
    """Queue the reading of an uploaded file; returns the preview's id.

    Raises `NotPermittedError`, `NotFoundError` for a file or alliance that is not the actor's own, `OrderFileError`
    when the file lacks a column of the mapping.
    """
    actor.require(Permission.ORDER_IMPORT)
    order_file = own_file(file_id)
    require_hosted(actor, alliance_id)
    if missing := mapping.missing_in(FileLayout.from_json(order_file.layout).header):
        raise OrderFileError(FileProblem.COLUMNS_MISSING, ", ".join(missing), field=None)
    with atomic():
        preview = ImportPreview.objects.create(
            organization_id=actor.organization_id,
            alliance_id=alliance_id,
            order_file=order_file,
            mapping=mapping.to_json(),
            created_by=actor.label[:160],
            queued_at=now,
        )
        enqueue_job(preview)
    return preview.pk


def own_file(file_id: UUID) -> OrderFile:
    """The organization's file; raises `NotFoundError`."""
    order_file = OrderFile.objects.filter(pk=file_id).first()
    if order_file is None:
        raise NotFoundError
    return order_file


def require_hosted(actor: Actor, alliance_id: UUID) -> None:
    """Raise `NotFoundError` unless the actor's organization hosts the alliance."""
    hosted = {alliance.id for alliance in hosted_alliances() if alliance.host_id == actor.organization_id}
    if alliance_id not in hosted:
        raise NotFoundError
