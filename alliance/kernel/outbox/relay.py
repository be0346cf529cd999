"""From due rows to hints. Runs as often as it likes, in as many processes as it likes."""

from typing import Final, cast
from uuid import UUID

from alliance.kernel.hints import Hint
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.cursors import scoped_cursor

BATCH: Final = 500
FIRST_LEASE_SECONDS = 30
_MOST_BATCHES: Final = 20
_DELIVER: Final = "alliance.kernel.tasks.deliver"

# The lease doubles with each hint that no attempt followed: a long queue is not filled with copies.
_CLAIM: Final = """
WITH due AS (
    SELECT id FROM kernel_outboxdelivery
    WHERE state = 'pending' AND next_attempt_at <= clock_timestamp()
    ORDER BY next_attempt_at LIMIT %s FOR UPDATE SKIP LOCKED
)
UPDATE kernel_outboxdelivery AS delivery
SET hints = least(delivery.hints + 1, 1000),
    next_attempt_at = clock_timestamp() + least(%s * power(2, least(delivery.hints, 5)), 900) * interval '1 second'
FROM due WHERE delivery.id = due.id
RETURNING delivery.id, delivery.organization_id, delivery.queue
"""


def relay() -> int:
    """Hint every due delivery to its queue; the number of hints sent.

    A claimed delivery is not hinted again until its lease (30 s, doubling to 15 min) is over, so a lost message or
    a lost broker only delays it. Doubled relays claim different rows.
    """
    sent = 0
    for _ in range(_MOST_BATCHES):
        claimed = _claim()
        for delivery_id, organization_id, queue in claimed:
            if not Hint(_DELIVER, queue, (str(delivery_id), str(organization_id)))():
                return sent
            sent += 1
        if len(claimed) < BATCH:
            break
    return sent


def _claim() -> list[tuple[UUID, UUID, str]]:
    with across_organizations(reason="the relay hints every organization's deliveries"), scoped_cursor() as cursor:
        cursor.execute(_CLAIM, [BATCH, FIRST_LEASE_SECONDS])
        return cast("list[tuple[UUID, UUID, str]]", cursor.fetchall())
