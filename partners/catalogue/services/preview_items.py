"""Find out what importing a file of items through a mapping would do, without doing it."""

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
from partners.catalogue.domain.mapping import ItemMapping
from partners.catalogue.models import ItemFile, ItemPreview

_QUICK_PLAIN: Final = 1 << 20
_QUICK_PACKED: Final = 64 << 10
_PLAIN: Final = frozenset({FileKind.CSV, FileKind.JSONL})


def preview_items(*, actor: Actor, file_id: UUID, mapping: ItemMapping, now: datetime) -> UUID:
    """Have an uploaded file read: a small one at once, any other by a worker. Returns the preview's id.

    Raises `NotPermittedError`, `NotFoundError`, `FileRefusedError` when the file lacks a column of the mapping.
    """
    actor.require(Permission.ITEM_WRITE)
    item_file = mapped_file(file_id, mapping)
    with atomic():
        preview = ItemPreview.objects.create(
            organization_id=actor.organization_id,
            item_file=item_file,
            mapping=mapping.to_json(),
            created_by=actor.label[:160],
            queued_at=now,
        )
        enqueue_job(preview)
        if _is_quick(item_file):
            run_job(registered_job(preview._meta.label_lower), preview.pk, organization_id=actor.organization_id)
    return preview.pk


def mapped_file(file_id: UUID, mapping: ItemMapping) -> ItemFile:
    """The organization's file, with every column of the mapping; raises `NotFoundError`, `FileRefusedError`."""
    item_file = ItemFile.objects.filter(pk=file_id).first()
    if item_file is None:
        raise NotFoundError
    if missing := mapping.missing_in(FileLayout.from_json(item_file.layout).header):
        raise FileRefusedError(FileProblem.COLUMNS_MISSING, ", ".join(missing), field=None)
    return item_file


def _is_quick(item_file: ItemFile) -> bool:
    """Whether reading the file takes no longer than a page may; packed files can hold much more than they weigh."""
    limit = _QUICK_PLAIN if item_file.layout["kind"] in _PLAIN else _QUICK_PACKED
    return bool(item_file.size_bytes <= limit)
