"""Import what a preview of items has shown."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.jobs import JobState
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.catalogue.models import ItemImport, ItemPreview
from partners.catalogue.services.start_item_import import begin_import


class ItemPreviewUnfinishedError(DomainError):
    """What would be imported is not known yet, or the file can't be read."""

    code = "preview_unfinished"
    sentence = _("The preview has not finished. Wait for it, then confirm.")


def confirm_item_import(*, actor: Actor, preview_id: UUID, now: datetime) -> UUID:
    """Queue the import of a finished preview, once: confirming again returns the same import's id.

    Raises `NotPermittedError`, `NotFoundError`, `ItemPreviewUnfinishedError`.
    """
    actor.require(Permission.ITEM_WRITE)
    with atomic():
        rows = ItemPreview.objects.select_for_update(of=("self",)).select_related("item_file")
        preview = rows.filter(pk=preview_id).first()
        if preview is None:
            raise NotFoundError
        present = ItemImport.objects.filter(preview=preview).values_list("pk", flat=True).first()
        if present is not None:
            return present
        if preview.state != JobState.SUCCEEDED:
            raise ItemPreviewUnfinishedError
        return begin_import(actor=actor, item_file=preview.item_file, mapping=preview.mapping, preview=preview, now=now)
