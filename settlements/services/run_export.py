"""The job behind an export."""

from collections.abc import Callable
from functools import partial
from typing import BinaryIO, Final
from uuid import UUID

from alliance.kernel.errors import NotFoundError
from alliance.kernel.events import publish
from alliance.kernel.jobs import JobContext
from settlements.banking.batch_transfers import fileable_batch, transfers_of
from settlements.banking.domain.transfers import TransferFormat
from settlements.banking.writers.writing import write_transfer_file
from settlements.events import ExportReady
from settlements.exports.audit_file import AuditQuestion, audit_writer
from settlements.exports.checking import checked_with
from settlements.exports.csv_file import write_csv
from settlements.exports.evidence_file import write_evidence
from settlements.exports.json_file import write_json
from settlements.exports.pdf_file import write_pdf
from settlements.exports.reading import visible_statement
from settlements.exports.storing import store, write_bytes, write_lines
from settlements.exports.xlsx_file import write_xlsx
from settlements.ledger.exports.beancount import beancount_lines
from settlements.ledger.exports.hledger import hledger_lines
from settlements.ledger.selectors import find_book
from settlements.models import Export, ExportFormat

_OF_STATEMENT: Final = {
    ExportFormat.CSV: write_csv,
    ExportFormat.XLSX: write_xlsx,
    ExportFormat.JSON: write_json,
    ExportFormat.PDF: write_pdf,
    ExportFormat.EVIDENCE: write_evidence,
}
_OF_BOOK: Final = {ExportFormat.BEANCOUNT: beancount_lines, ExportFormat.HLEDGER: hledger_lines}


def run_export(job_id: UUID, context: JobContext, /) -> None:
    """Write the file, note its hash and tell of it, in one step and once: the file is complete, or there is none.

    Raises `NotFoundError` when the statement or book is gone from sight.
    """
    with context.transaction():
        export = Export.objects.get(pk=job_id)
        if export.stored_as:  # an earlier attempt was killed between its commit and the end of the job
            return
        check = partial(checked_with, file_format=ExportFormat(export.file_format))
        writer, checker = _payment_file(export) if export.batch_id else (_writer(export), check)
        stored = store(writer, checker, organization_id=context.organization_id, export_id=job_id)
        Export.objects.filter(pk=job_id).update(
            stored_as=stored.stored_as,
            sha256=stored.sha256,
            size_bytes=stored.size_bytes,
            checked_with=stored.checked_with,
        )
        context.report(1, 1)
        publish(ExportReady(export_id=str(job_id)), now=context.now)


def _payment_file(export: Export) -> tuple[Callable[[BinaryIO], None], Callable[[BinaryIO], str]]:
    """The file for the bank, and what found it valid: it has been checked by then. Raises `TransfersRefusedError`, `TransferFileInvalidError`."""
    assert export.batch_id is not None  # asked by the caller
    transfers = transfers_of(fileable_batch(export.batch_id))
    written = write_transfer_file(transfers, TransferFormat(export.file_format))
    return write_bytes(written.content), lambda _file: written.checked_with


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
