"""Have the file made that tells a bank to pay an approved batch."""

from datetime import datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.jobs import enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.banking.batch_transfers import fileable_batch, transfers_of
from settlements.banking.domain.transfer_checks import transfer_problems
from settlements.banking.domain.transfers import TransferFormat
from settlements.banking.writers.writing import refuse
from settlements.models import PAYMENT_FORMATS, Export, ExportFormat
from settlements.payouts.models import PayoutBatch


class NotAPaymentFormatError(InvalidInputError):
    """Banks don't take it."""

    code = "not_a_payment_format"
    sentence = _("This format is not offered here.")


def create_payment_file(*, actor: Actor, batch_id: UUID, file_format: ExportFormat, now: datetime) -> UUID:
    """The export that a worker now writes; its id. The same batch in the same format gives the same bytes.

    What the format can't hold is refused at once. Raises `TransfersRefusedError`, `BatchNotApprovedError`,
    `OwnAccountMissingError`, `NotAPaymentFormatError`, `NotFoundError`, `PersonRequiredError`, `SecondFactorRequiredError`.
    """
    actor.require(Permission.PAYOUT_APPROVE)
    actor.require_person()
    if file_format not in PAYMENT_FORMATS:
        raise NotAPaymentFormatError(field="file_format")
    found = fileable_batch(batch_id)
    transfer_format = TransferFormat(file_format.value)
    if problems := transfer_problems(transfers_of(found), transfer_format):
        refuse(problems)
    return queue_payment_file(actor=actor, batch=found.batch, file_format=file_format, now=now)


def queue_payment_file(*, actor: Actor, batch: PayoutBatch, file_format: ExportFormat, now: datetime) -> UUID:
    """The export of an approved batch that a worker now writes; its id. A step of asking, and of delivering by schedule.

    What the format can't hold ends the job with its reasons.
    """
    with atomic():
        export = Export(
            organization_id=actor.organization_id,
            file_format=file_format,
            batch=batch,
            file_name=f"{batch.reference}.{TransferFormat(file_format.value).extension}",
            requested_by=actor.label[:160],
            queued_at=now,
            expires_at=now + timedelta(days=settings.EXPORT_KEEP_DAYS),
        )
        export.save(force_insert=True)
        after = {"file_format": str(file_format), "batch": batch.reference}
        record(actor, "export.created", export, now=now, after=after)
        enqueue_job(export)
    return export.id
