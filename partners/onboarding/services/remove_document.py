"""The applicant takes a document out."""

from datetime import datetime
from uuid import UUID

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotFoundError
from alliance.kernel.files import forget_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.models import ApplicationDocument
from partners.onboarding.services.move_application import ApplicationElsewhereError, locked_application


def remove_document(*, actor: Actor, application_id: UUID, document_id: UUID, now: datetime) -> None:
    """Delete a document that the host has not seen, file and all; mark one it has seen as no longer valid.

    Repeating it changes nothing. Raises `NotFoundError`, `ApplicationElsewhereError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        document = ApplicationDocument.objects.filter(pk=document_id, application=application).first()
        if document is None:
            raise NotFoundError
        if not application.is_editable:
            raise ApplicationElsewhereError
        if document.removed_at is not None:
            return
        audit.record(actor, "application.document_removed", document, now=now, before={"kind": document.kind})
        if document.submitted_at is None:
            forget_file(document.stored_as)
            document.delete()
            return
        document.removed_at = now
        document.save(update_fields=["removed_at"])
