"""Ask for a file of a statement, or of a whole book."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.exports.reading import visible_statement
from settlements.ledger.selectors import find_book
from settlements.models import LEDGER_FORMATS, Export, ExportFormat

_EXTENSIONS = {ExportFormat.BEANCOUNT: "beancount", ExportFormat.HLEDGER: "journal"}


class WrongExportFormatError(InvalidInputError):
    """Statements come as CSV, XLSX and JSON; books as Beancount and hledger."""

    code = "wrong_export_format"
    sentence = _("This format is not offered here.")


def create_export(
    *,
    actor: Actor,
    file_format: ExportFormat,
    now: datetime,
    statement_id: UUID | None = None,
    alliance_id: UUID | None = None,
) -> UUID:
    """The export that a worker now writes: of `statement_id`, or of the whole book of `alliance_id` (its host's alone).

    Exactly one of the two is given. Raises `WrongExportFormatError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.EXPORT_CREATE)
    if (statement_id is None) == (alliance_id is None) or (file_format in LEDGER_FORMATS) != (alliance_id is not None):
        raise WrongExportFormatError(field="file_format")
    with atomic():
        export = Export(
            organization_id=actor.organization_id,
            file_format=file_format,
            statement_id=statement_id,
            alliance_id=alliance_id,
            file_name=_file_name(actor, file_format, statement_id, alliance_id),
            requested_by=actor.label[:160],
            queued_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_KEEP_DAYS),
        )
        export.save(force_insert=True)
        record(actor, "export.created", export, now=now, after={"file_format": str(file_format)})
        enqueue_job(export)
    return export.id


def _file_name(actor: Actor, file_format: ExportFormat, statement_id: UUID | None, alliance_id: UUID | None) -> str:
    """The name to download by; refuses what the actor may not have."""
    if statement_id is not None:
        return f"{visible_statement(statement_id).number}.{file_format}"
    book = find_book(alliance_id=alliance_id) if alliance_id else None
    if book is None:
        raise NotFoundError
    if book.host_id != actor.organization_id:
        raise NotPermittedError
    return f"book-{book.id}.{_EXTENSIONS[file_format]}"
