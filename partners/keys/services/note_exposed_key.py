"""Remember that a key was sent in an address."""

from datetime import datetime
from uuid import UUID

from partners.models import ApiKey


def note_exposed_key(*, api_key_id: UUID, now: datetime) -> None:
    """Mark the key, the first time. Addresses end in logs and histories, so its owner should rotate it.

    Called by the API's door, in the scope of the key's organization, before there is an actor; a trace, no audit row.
    """
    ApiKey.objects.filter(pk=api_key_id, exposed_at=None).update(exposed_at=now)
