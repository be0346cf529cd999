"""Take what is due: at most one delivery of each endpoint, the endpoint that waited longest first."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import across_organizations, atomic
from alliance.kernel.tenancy.cursors import scoped_cursor

LEASE_SECONDS: Final = 30  # longer than a request may take

_CLAIM: Final = """
WITH due AS (
    SELECT id FROM partners_webhookendpoint AS e
    WHERE is_enabled AND coalesce(busy_until, '-infinity') <= clock_timestamp()
      AND coalesce(rests_until, '-infinity') <= clock_timestamp()
      AND EXISTS (SELECT FROM partners_webhookdelivery AS d
                  WHERE d.endpoint_id = e.id AND d.state = 'pending' AND d.next_attempt_at <= clock_timestamp())
      AND NOT EXISTS (SELECT FROM partners_organization AS o
                      WHERE o.id = e.organization_id AND o.status IN ('suspended', 'offboarded'))
    ORDER BY claimed_at NULLS FIRST LIMIT %(most)s FOR NO KEY UPDATE SKIP LOCKED
), taken AS (
    UPDATE partners_webhookendpoint AS e
    SET busy_until = clock_timestamp() + %(lease)s * interval '1 second', busy_token = %(token)s, claimed_at = clock_timestamp()
    FROM due WHERE e.id = due.id
    RETURNING e.id, e.organization_id, e.url, e.sealed_secret, e.sealed_previous_secret, e.previous_secret_until
)
SELECT d.id, t.id, t.organization_id, m.id, m.body, t.url, t.sealed_secret, t.sealed_previous_secret, t.previous_secret_until
FROM taken AS t
CROSS JOIN LATERAL (
    SELECT id, message_id FROM partners_webhookdelivery
    WHERE endpoint_id = t.id AND state = 'pending' AND next_attempt_at <= clock_timestamp()
    ORDER BY next_attempt_at, id LIMIT 1
) AS d
JOIN partners_webhookmessage AS m ON m.id = d.message_id
"""


@dataclass(frozen=True, slots=True)
class Claim:
    """One delivery to attempt, with all that the request needs. Nobody else works on its endpoint for 30 seconds."""

    token: UUID
    delivery_id: UUID
    endpoint_id: UUID
    organization_id: UUID
    message_id: UUID
    body: str
    url: str
    sealed_secret: str
    sealed_previous_secret: str
    previous_secret_until: datetime | None


def claim_due(*, most: int) -> list[Claim]:
    """Claim up to `most` deliveries, each of another endpoint.

    An endpoint that is busy, rests, is off or belongs to a suspended organization is left alone. Senders that ask at the same moment get different endpoints. A claim whose sender dies is free after its lease; the
    delivery is still pending then, so it is sent again under the same id. Looks past organizations, on the operator's role.
    """
    token = new_id()
    with (
        across_organizations(reason="webhooks of every organization wait in one line"),
        atomic(),
        scoped_cursor() as cursor,
    ):
        cursor.execute(_CLAIM, {"most": most, "lease": LEASE_SECONDS, "token": token})
        return [Claim(token, *row) for row in cursor.fetchall()]
