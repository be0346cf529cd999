"""Leaving a message in another organization's outbox, through one of the narrow functions that allow it."""

import json
from collections.abc import Sequence
from datetime import datetime
from typing import Final, LiteralString
from uuid import UUID

from alliance.kernel.events import Event, subscriptions_of
from alliance.kernel.hints import after_commit_once
from alliance.kernel.ids import new_id
from alliance.kernel.outbox.publishing import Published
from alliance.kernel.tenancy.cursors import scoped_cursor

TELL_HOST: Final = "SELECT partners_tell_host(%s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"
TELL_PARTY: Final = "SELECT partners_tell_party(%s, %s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"


def leave_message(
    sql: LiteralString, whom: Sequence[UUID], event: Event, *, organization_id: UUID, now: datetime
) -> None:
    """Have `sql` write `event` and a delivery for each subscriber into the outbox of `organization_id`.

    `whom` is what the function asks for to judge whether this may be. The database refuses whoever may not.
    """
    subscriptions = list(subscriptions_of(event))
    with scoped_cursor() as cursor:
        cursor.execute(
            sql,
            [
                new_id(),
                *whom,
                event.topic(),
                json.dumps(event.to_payload()),
                now,
                [new_id() for _ in subscriptions],
                [subscription.name for subscription in subscriptions],
                [subscription.queue for subscription in subscriptions],
            ],
        )
    if subscriptions:
        after_commit_once(Published(organization_id))
