"""Import what a preview has shown."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.jobs import JobState, enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from campaigns.models import ImportPreview, OrderImport


class PreviewUnfinishedError(DomainError):
    """What would be imported is not known yet, or the file can't be read."""

    code = "preview_unfinished"
    sentence = _("The preview has not finished. Wait for it, then confirm.")


def confirm_import(*, actor: Actor, preview_id: UUID, now: datetime) -> UUID:
    """Queue the import of a finished preview, once: confirming again returns the same import's id.

    Raises `NotPermittedError`, `NotFoundError`, `PreviewUnfinishedError`.
    """
    actor.require(Permission.ORDER_IMPORT)
    with atomic():
        preview = ImportPreview.objects.select_for_update().filter(pk=preview_id).first()
        if preview is None:
            raise NotFoundError
        present = OrderImport.objects.filter(preview=preview).values_list("pk", flat=True).first()
        if present is not None:
            return present
        if preview.state != JobState.SUCCEEDED:
            raise PreviewUnfinishedError
        order_import = OrderImport.objects.create(
            organization_id=actor.organization_id,
            alliance_id=preview.alliance_id,
            order_file_id=preview.order_file_id,
            preview=preview,
            mapping=preview.mapping,
            total=preview.total,
            created_by=actor.label[:160],
            queued_at=now,
        )
        after = {"file_id": str(preview.order_file_id), "alliance_id": str(preview.alliance_id)}
        audit.record(actor, "order_import.confirmed", order_import, now=now, after=after)
        enqueue_job(order_import)
    return order_import.pk
