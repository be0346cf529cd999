"""Ask for a file of a statement, of a whole book, or of a part of the audit trail."""

from dataclasses import replace
from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, InvalidInputError, NotFoundError, NotPermittedError
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.exports.audit_file import AuditQuestion
from settlements.exports.journals import unsealed_of
from settlements.exports.reading import visible_statement
from settlements.ledger.selectors import find_book
from settlements.models import AUDIT_FORMATS, LEDGER_FORMATS, STATEMENT_FORMATS, Export, ExportFormat, Statement

_EXTENSIONS = {
    ExportFormat.BEANCOUNT: "beancount",
    ExportFormat.HLEDGER: "journal",
    ExportFormat.EVIDENCE: "evidence.json",
}
_PROVABLE = 3  # the first version of a statement's content that bears the hash of its events


class WrongExportFormatError(InvalidInputError):
    """Statements come as CSV, XLSX, JSON, PDF and evidence; books as Beancount and hledger; the audit trail as CSV and JSON Lines."""

    code = "wrong_export_format"
    sentence = _("This format is not offered here.")


class NotProvableError(DomainError):
    """The statement was closed before statements bore the hash of their events."""

    code = "not_provable"
    status = 409
    sentence = _("This statement was closed before evidence was kept. Its hash still proves that it has not changed.")


class NotSealedYetError(DomainError):
    """The clock has not sealed the statement's journals yet."""

    code = "not_sealed_yet"
    status = 409
    sentence = _("The statement's journals are being sealed. Ask again in a minute.")


def create_export(
    *,
    actor: Actor,
    file_format: ExportFormat,
    now: datetime,
    statement_id: UUID | None = None,
    alliance_id: UUID | None = None,
    audit: AuditQuestion | None = None,
) -> UUID:
    """The export that a worker now writes.

    Of `statement_id`, of the whole book of `alliance_id` (its host's alone), or of what `audit` asks the audit trail, up to
    `now` (for those who may read it). Exactly one of the three is given. Raises `WrongExportFormatError`, `NotProvableError`,
    `NotSealedYetError`, `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.EXPORT_CREATE)
    if audit is not None:
        actor.require(Permission.AUDIT_READ)
        audit = replace(audit, query=replace(audit.query, until=min(audit.query.until or now, now)))
    _check(file_format, statement_id, alliance_id, audit)
    with atomic():
        export = Export(
            organization_id=actor.organization_id,
            file_format=file_format,
            statement_id=statement_id,
            alliance_id=alliance_id,
            audit_question=audit.to_json() if audit else None,
            file_name=_file_name(actor, file_format, statement_id, alliance_id, now),
            requested_by=actor.label[:160],
            queued_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_KEEP_DAYS),
        )
        export.save(force_insert=True)
        after = {"file_format": str(file_format)} | ({"audit": audit.query.to_json()} if audit else {})
        record(actor, "export.created", export, now=now, after=after)
        enqueue_job(export)
    return export.id


def _check(
    file_format: ExportFormat, statement_id: UUID | None, alliance_id: UUID | None, audit: AuditQuestion | None
) -> None:
    """Refuse anything but one thing in a format of its own."""
    if sum(thing is not None for thing in (statement_id, alliance_id, audit)) != 1:
        raise WrongExportFormatError(field="file_format")
    if alliance_id is not None:
        offered = file_format in LEDGER_FORMATS
    elif audit is not None:
        offered = file_format in AUDIT_FORMATS
    else:
        offered = file_format in STATEMENT_FORMATS
    if not offered:
        raise WrongExportFormatError(field="file_format")


def _file_name(
    actor: Actor, file_format: ExportFormat, statement_id: UUID | None, alliance_id: UUID | None, now: datetime
) -> str:
    """The name to download by; refuses what the actor may not have."""
    if statement_id is None and alliance_id is None:
        return f"audit-trail-{now:%Y%m%d-%H%M%S}.{file_format}"
    if statement_id is not None:
        statement = visible_statement(statement_id)
        if file_format == ExportFormat.EVIDENCE:
            _check_provable(statement)
        return f"{statement.number}.{_EXTENSIONS.get(file_format, file_format)}"
    book = find_book(alliance_id=alliance_id) if alliance_id else None
    if book is None:
        raise NotFoundError
    if book.host_id != actor.organization_id:
        raise NotPermittedError
    return f"book-{book.id}.{_EXTENSIONS[file_format]}"


def _check_provable(statement: Statement) -> None:
    """The same content gives the same bytes: there is no evidence before all of it is sealed."""
    if statement.content_version < _PROVABLE:
        raise NotProvableError
    if unsealed_of(statement.id):
        raise NotSealedYetError
