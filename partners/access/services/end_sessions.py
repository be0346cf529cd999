"""A person is signed out everywhere."""

from uuid import UUID

from django.db.models import F

from partners.access.models import Session
from partners.models import User


def end_sessions(*, user_id: UUID) -> None:
    """End every session of the person, in the caller's transaction.

    Raising the generation also ends a session that is being opened at this moment and has no row yet.
    """
    User.objects.filter(pk=user_id).update(session_generation=F("session_generation") + 1)
    Session.objects.filter(user_id=user_id).delete()
