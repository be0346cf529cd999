"""Find out what importing a bank's file would do, without doing it."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import FieldRefusal, InvalidInputError, NotFoundError
from alliance.kernel.jobs import enqueue_job, run_job
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.permissions import Permission
from alliance.kernel.spreadsheets.problems import FileProblem
from alliance.kernel.tenancy import atomic
from settlements.banking.domain.tables import TableReading
from settlements.banking.models import BankFile, BankImport
from settlements.banking.readers.problems import BankFileError

_QUICK_BYTES: Final = 1 << 20
READING_SENTENCES: Final = {
    "column_missing": _("Choose the column."),
    "amount_once": _("Choose the column of the amount, or those of money out and money in; not both."),
    "unknown_format": _("Choose one of the formats offered."),
    "account_missing": _("Say whose account this is: enter its number."),
    "unknown_currency": _("This is not a currency of ISO 4217, such as EUR, GBP or CNY."),
}


class ReadingRefusedError(InvalidInputError):
    """The table can't be read this way; `refusals` names each field."""

    code = "reading_refused"
    sentence = _("The table can't be read this way.")


def preview_bank_import(*, actor: Actor, file_id: UUID, reading: TableReading | None = None, now: datetime) -> UUID:
    """Have an uploaded file read: a small one at once, any other by a worker. Returns the preview's id.

    A table needs its `reading`; CAMT.053 has none. Raises `NotPermittedError`, `NotFoundError`, `ReadingRefusedError`,
    `BankFileError` when the file lacks a column or is gone.
    """
    actor.require(Permission.BANK_RECONCILE)
    bank_file = BankFile.objects.filter(pk=file_id).first()
    if bank_file is None:
        raise NotFoundError
    if not bank_file.stored_as:
        raise BankFileError(FileProblem.FILE_GONE)
    if not bank_file.is_camt:
        _check(reading, bank_file)
    with atomic():
        preview = BankImport.objects.create(
            organization_id=actor.organization_id,
            alliance_id=bank_file.alliance_id,
            bank_file=bank_file,
            mapping={} if bank_file.is_camt or reading is None else reading.to_json(),
            created_by_id=actor.user_id,
            created_by=actor.label[:160],
            queued_at=now,
        )
        enqueue_job(preview)
        if bank_file.size_bytes <= _QUICK_BYTES:
            run_job(registered_job(preview._meta.label_lower), preview.pk, organization_id=actor.organization_id)
    return preview.pk


def _check(reading: TableReading | None, bank_file: BankFile) -> None:
    if reading is None:
        raise ReadingRefusedError
    if problems := reading.problems():
        raise ReadingRefusedError(
            refusals=[FieldRefusal(field, code, READING_SENTENCES[code]) for field, code in problems]
        )
    if missing := reading.missing_in(bank_file.layout["header"]):
        raise BankFileError(FileProblem.COLUMNS_MISSING, ", ".join(missing))
