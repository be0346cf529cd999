"""Publish an event in the host's scope, whoever caused it."""

import json
from datetime import datetime
from uuid import UUID

from django.db import connections

from alliance.kernel.events import Event, publish, subscriptions_of
from alliance.kernel.hints import after_commit_once
from alliance.kernel.ids import new_id
from alliance.kernel.outbox.publishing import Published
from alliance.kernel.tenancy import database_alias, require_organization_id


def tell_host(event: Event, *, host_id: UUID, now: datetime) -> None:
    """Write `event` into the host's outbox, in the caller's transaction; its subscribers run in the host's scope.

    Only members of an alliance of this host may: the database refuses everybody else.
    """
    if require_organization_id() == host_id:
        publish(event, now=now)
        return
    subscriptions = list(subscriptions_of(event))
    with connections[database_alias()].cursor() as cursor:
        cursor.execute(
            "SELECT partners_tell_host(%s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])",
            [
                new_id(),
                host_id,
                event.topic(),
                json.dumps(event.to_payload()),
                now,
                [new_id() for _ in subscriptions],
                [subscription.name for subscription in subscriptions],
                [subscription.queue for subscription in subscriptions],
            ],
        )
    if subscriptions:
        after_commit_once(Published(host_id))
