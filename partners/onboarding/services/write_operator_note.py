"""An operator writes a note about an application."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.errors import NotFoundError
from alliance.kernel.tenancy import atomic
from partners.onboarding.models import OperatorNote, PartnerApplication
from partners.onboarding.services.write_note import LONGEST_NOTE, NoteEmptyError


def write_operator_note(*, operator_label: str, application_id: UUID, text: str, now: datetime) -> UUID:
    """Keep a note that only operators read, for good; returns its id. The console's own log keeps who did it.

    Runs in the operators' view. Raises `NotFoundError`, `NoteEmptyError`.
    """
    said = text.strip()[:LONGEST_NOTE]
    if not said:
        raise NoteEmptyError(field="text")
    with atomic():
        if not PartnerApplication.objects.filter(pk=application_id).exists():
            raise NotFoundError
        note = OperatorNote.objects.create(
            application_id=application_id, text=said, written_by=operator_label[:160], written_at=now
        )
    return note.pk
