"""The applicant adds a document."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.conf import settings
from django.core.files import File
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.files import FileKind, UploadRules, received_file
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.models import ApplicationDocument, DocumentKind
from partners.onboarding.services.move_application import ApplicationElsewhereError, locked_application

MOST_DOCUMENTS: Final = 20


class TooManyDocumentsError(DomainError):
    """An application holds so many files and no more, removed ones included."""

    code = "too_many_documents"
    sentence = _("An application takes at most 20 documents. Remove one that the host has not seen yet.")


class DocumentKindUnknownError(InvalidInputError):
    """It proves nothing that is known here."""

    code = "document_kind_unknown"
    sentence = _("Choose what the document proves.")


def upload_document(*, actor: Actor, application_id: UUID, kind: str, content: File, name: str, now: datetime) -> UUID:  # type: ignore[type-arg]
    """Take the file in and put it into the application; returns the document's id. The host sees it after the submission.

    Raises `NotFoundError`, `ApplicationElsewhereError`, `TooManyDocumentsError`, `DocumentKindUnknownError`, what
    `received_file` raises, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    if kind not in DocumentKind.values:
        raise DocumentKindUnknownError(field="kind")
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        if not application.is_editable:
            raise ApplicationElsewhereError
        if ApplicationDocument.objects.filter(application=application).count() >= MOST_DOCUMENTS:
            raise TooManyDocumentsError(field="file")
        rules = UploadRules(frozenset(FileKind), settings.UPLOAD_MAX_BYTES)
        with received_file(content, name=name, rules=rules, organization_id=actor.organization_id) as received:
            document = ApplicationDocument.objects.create(
                application=application,
                organization_id=application.organization_id,
                host_id=application.host_id,
                kind=kind,
                uploaded_at=now,
                uploaded_by=actor.label[:160],
                **received.columns(),
            )
            audit.record(
                actor, "application.document_added", document, now=now, after={"kind": kind, "sha256": received.sha256}
            )
    return document.pk
