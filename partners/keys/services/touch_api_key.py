"""Remember that an API key is in use."""

from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db.models import Q

from partners.models import ApiKey

AT_MOST_EVERY: Final = timedelta(minutes=1)


def touch_api_key(*, api_key_id: UUID, now: datetime) -> None:
    """Set the key's `last_used_at` to `now` unless that was done within the last minute.

    Called by the API's door after the key has proven itself, so there is no actor yet and no audit row:
    this is a trace of use, not a change. A busy key is written once a minute.
    """
    stale = Q(last_used_at__isnull=True) | Q(last_used_at__lt=now - AT_MOST_EVERY)
    ApiKey.objects.filter(stale, pk=api_key_id).update(last_used_at=now)
