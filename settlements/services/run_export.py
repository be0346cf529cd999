"""The job behind an export."""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

from alliance.kernel.errors import NotFoundError
from alliance.kernel.jobs import JobContext
from settlements.exports.audit_file import AuditQuestion, audit_writer
from settlements.exports.csv_file import write_csv
from settlements.exports.evidence_file import write_evidence
from settlements.exports.json_file import write_json
from settlements.exports.reading import visible_statement
from settlements.exports.storing import store, write_lines
from settlements.exports.xlsx_file import write_xlsx
from settlements.ledger.exports.beancount import beancount_lines
from settlements.ledger.exports.hledger import hledger_lines
from settlements.ledger.selectors import find_book
from settlements.models import Export, ExportFormat

_OF_STATEMENT: Final = {
    ExportFormat.CSV: write_csv,
    ExportFormat.XLSX: write_xlsx,
    ExportFormat.JSON: write_json,
    ExportFormat.EVIDENCE: write_evidence,
}
_OF_BOOK: Final = {ExportFormat.BEANCOUNT: beancount_lines, ExportFormat.HLEDGER: hledger_lines}


def run_export(job_id: UUID, context: JobContext, /) -> None:
    """Write the file and note its hash, in one step: the file is complete, or there is none.

    Raises `NotFoundError` when the statement or book is gone from sight.
    """
    with context.transaction():
        export = Export.objects.get(pk=job_id)
        stored = store(_writer(export), organization_id=context.organization_id, export_id=job_id)
        Export.objects.filter(pk=job_id).update(
            stored_as=stored.stored_as, sha256=stored.sha256, size_bytes=stored.size_bytes
        )
        context.report(1, 1)


def _writer(export: Export) -> Callable[[BinaryIO], None]:
    file_format = ExportFormat(export.file_format)
    if export.audit_question is not None:
        return audit_writer(AuditQuestion.from_json(export.audit_question), file_format)
    if export.statement_id is not None:
        return partial(_OF_STATEMENT[file_format], visible_statement(export.statement_id))
    book = find_book(alliance_id=export.alliance_id) if export.alliance_id else None
    if book is None:
        raise NotFoundError
    return write_lines(_OF_BOOK[file_format](book.id))
