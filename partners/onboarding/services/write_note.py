"""A reviewer writes a note."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side
from partners.onboarding.models import ReviewNote
from partners.onboarding.services.move_application import locked_application

LONGEST_NOTE: Final = 2000


class NoteEmptyError(InvalidInputError):
    """It says nothing."""

    code = "note_empty"
    sentence = _("Write something.")


def write_note(*, actor: Actor, application_id: UUID, text: str, now: datetime) -> UUID:
    """Keep a note that only the host's own people read, for good; returns its id.

    Raises `NotFoundError`, `NoteEmptyError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    said = text.strip()[:LONGEST_NOTE]
    if not said:
        raise NoteEmptyError(field="text")
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        note = ReviewNote.objects.create(
            organization_id=actor.organization_id,
            application=application,
            text=said,
            written_by=actor.label[:160],
            written_at=now,
        )
        audit.record(actor, "application.note_written", application, now=now)
    return note.pk
