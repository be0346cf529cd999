"""Find out what importing a file through a mapping would do, without doing it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import enqueue_job, run_job
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.layout import FileKind, FileLayout
from alliance.kernel.spreadsheets.problems import FileProblem, FileRefusedError
from alliance.kernel.tenancy import atomic
from campaigns.domain.mapping import Mapping
from campaigns.models import ImportPreview, OrderFile
from campaigns.services.save_mapping import save_mapping
from partners.selectors import hosted_alliances

_QUICK_PLAIN: Final = 1 << 20
_QUICK_PACKED: Final = 64 << 10


def preview_import(
    *, actor: Actor, file_id: UUID, alliance_id: UUID, mapping: Mapping, save_as: str = "", now: datetime
) -> UUID:
    """Have an uploaded file read: a small one at once, any other by a worker. Returns the preview's id.

    With `save_as` the mapping is kept under that name too. Raises `NotPermittedError`, `NotFoundError` for a file or
    alliance that is not the actor's own, `FileRefusedError` when the file lacks a column of the mapping, and what
    `save_mapping` raises.
    """
    actor.require(Permission.ORDER_IMPORT)
    order_file = own_file(file_id)
    require_hosted(actor, alliance_id)
    if missing := mapping.missing_in(FileLayout.from_json(order_file.layout).header):
        raise FileRefusedError(FileProblem.COLUMNS_MISSING, ", ".join(missing), field=None)
    with atomic():
        if save_as.strip():
            save_mapping(actor=actor, mapping_id=None, name=save_as, mapping=mapping, now=now)
        preview = ImportPreview.objects.create(
            organization_id=actor.organization_id,
            alliance_id=alliance_id,
            order_file=order_file,
            mapping=mapping.to_json(),
            created_by=actor.label[:160],
            queued_at=now,
        )
        enqueue_job(preview)
        if _is_quick(order_file):
            run_job(registered_job(preview._meta.label_lower), preview.pk, organization_id=actor.organization_id)
    return preview.pk


def _is_quick(order_file: OrderFile) -> bool:
    """Whether reading the file takes no longer than a page may; packed files can hold much more than they weigh."""
    limit = _QUICK_PLAIN if order_file.layout["kind"] == FileKind.CSV else _QUICK_PACKED
    return bool(order_file.size_bytes <= limit)


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
