"""Publish an event in the host's scope, whoever caused it."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.events import Event, publish
from alliance.kernel.tenancy import require_organization_id
from partners.messages import TELL_HOST, leave_message


def tell_host(event: Event, *, host_id: UUID, now: datetime) -> None:
    """Write `event` into the host's outbox, in the caller's transaction; its subscribers run in the host's scope.

    Only members of an alliance of this host may: the database refuses everybody else.
    """
    if require_organization_id() == host_id:
        publish(event, now=now)
    else:
        leave_message(TELL_HOST, [host_id], event, organization_id=host_id, now=now)
