"""A person signs out every browser but the one in their hands."""

from uuid import UUID

from partners.access.models import Session


def end_other_sessions(*, user_id: UUID, kept_key: str) -> int:
    """Sign the person out everywhere but in the session `kept_key`, from the next requests on; how many sessions ended."""
    return Session.objects.filter(user_id=user_id).exclude(session_key=kept_key).delete()[0]
