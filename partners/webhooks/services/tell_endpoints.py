"""Write the messages of one fact for everybody who listens, in the transaction of whoever heard it."""

import json
from collections import defaultdict
from collections.abc import Callable, Iterable
from datetime import UTC, datetime
from typing import Final
from uuid import UUID

from alliance.kernel.hints import Hint, after_commit_once
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.webhooks.types import Told

SEND_HINT: Final = Hint(task="partners.webhooks.send_due", queue="webhooks")


def tell_endpoints(*, type_name: str, tell: Callable[[frozenset[UUID]], Iterable[Told]], now: datetime) -> int:
    """Write a message for each organization told, and a delivery for each of its endpoints that wants the type.

    `tell` gets the organizations that listen and is not asked when there are none; what it says to others is dropped.
    Returns the number of deliveries. Called by subscribers, in their transaction, so each fact is told exactly once.
    """
    listening = _listening(type_name)
    if not listening:
        return 0
    written = 0
    for told in tell(frozenset(listening)):
        if endpoints := listening.get(told.organization_id):
            written += _write(told, type_name, endpoints, now)
    if written:
        after_commit_once(SEND_HINT)
    return written


def message_body(type_name: str, told: Told, now: datetime) -> str:
    """The JSON that is sent, the same to the byte at each attempt."""
    at = (told.at or now).astimezone(UTC).isoformat().replace("+00:00", "Z")
    content = {"type": type_name, "timestamp": at, "data": told.data.model_dump(mode="json")}
    return json.dumps(content, ensure_ascii=False, separators=(",", ":"))


def _listening(type_name: str) -> dict[UUID, list[UUID]]:
    with scoped_cursor() as cursor:
        cursor.execute("SELECT organization_id, endpoint_id FROM partners_webhook_listeners(%s)", [type_name])
        found = cursor.fetchall()
    listening: dict[UUID, list[UUID]] = defaultdict(list)
    for organization_id, endpoint_id in found:
        listening[organization_id].append(endpoint_id)
    return listening


def _write(told: Told, type_name: str, endpoints: list[UUID], now: datetime) -> int:
    message_id, deliveries = new_id(), [new_id() for _endpoint in endpoints]
    body = message_body(type_name, told, now)
    with scoped_cursor() as cursor:
        cursor.execute(
            "SELECT partners_tell_webhooks(%s, %s, %s, %s, %s, %s::uuid[], %s::uuid[])",
            [message_id, told.organization_id, type_name, body, now, deliveries, endpoints],
        )
        return int(cursor.fetchone()[0])
