"""A person signs out one of their browsers."""

from uuid import UUID

from alliance.kernel.errors import NotFoundError
from partners.access.models import Session


def end_session(*, user_id: UUID, public_id: UUID) -> None:
    """Sign the person's browser out, from its next request on. Raises `NotFoundError` for a session that is not theirs."""
    if not Session.objects.filter(user_id=user_id, public_id=public_id).delete()[0]:
        raise NotFoundError
