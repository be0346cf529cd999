"""Import what a preview has shown."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.jobs import JobState, enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.banking.models import BankImport


class BankPreviewUnfinishedError(DomainError):
    """What would be imported is not known yet, or the file can't be taken."""

    code = "preview_unfinished"
    sentence = _("The preview has not finished, or the file can't be taken. Wait for it, then confirm.")


def confirm_bank_import(*, actor: Actor, preview_id: UUID, now: datetime) -> UUID:
    """Queue the import of a finished preview, once: confirming again returns the same import's id.

    Raises `NotPermittedError`, `NotFoundError`, `BankPreviewUnfinishedError`.
    """
    actor.require(Permission.BANK_RECONCILE)
    with atomic():
        preview = BankImport.objects.select_for_update().filter(pk=preview_id, preview__isnull=True).first()
        if preview is None:
            raise NotFoundError
        present = BankImport.objects.filter(preview=preview).values_list("pk", flat=True).first()
        if present is not None:
            return present
        if preview.state != JobState.SUCCEEDED:
            raise BankPreviewUnfinishedError
        bank_import = BankImport.objects.create(
            organization_id=actor.organization_id,
            alliance_id=preview.alliance_id,
            bank_file_id=preview.bank_file_id,
            preview=preview,
            mapping=preview.mapping,
            total=preview.total,
            created_by_id=actor.user_id,
            created_by=actor.label[:160],
            queued_at=now,
        )
        record(actor, "bank_import.confirmed", bank_import, now=now, after={"file_id": str(preview.bank_file_id)})
        enqueue_job(bank_import)
    return bank_import.pk
