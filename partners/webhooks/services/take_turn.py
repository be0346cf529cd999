"""Only a few senders work at a time, so that webhooks never take every worker."""

from typing import Final, cast
from uuid import UUID

from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.cursors import scoped_cursor

_LEASE_SECONDS: Final = 60
_TAKE: Final = """
INSERT INTO partners_webhooksender AS sender (id, number, token, busy_until)
VALUES (%(id)s, %(number)s, %(token)s, clock_timestamp() + %(lease)s * interval '1 second')
ON CONFLICT (number) DO UPDATE SET token = excluded.token, busy_until = excluded.busy_until
WHERE sender.busy_until <= clock_timestamp()
RETURNING token
"""
_GIVE_BACK: Final = "UPDATE partners_webhooksender SET busy_until = clock_timestamp() WHERE token = %s"


def take_turn(*, senders: int) -> UUID | None:
    """A turn as one of at most `senders` at a time, for a minute; `None` when all are taken. A dead sender's turn runs out."""
    row_id, token = new_id(), new_id()
    with across_organizations(reason="senders of webhooks take turns"), scoped_cursor() as cursor:
        for number in range(1, senders + 1):
            cursor.execute(_TAKE, {"id": row_id, "token": token, "lease": _LEASE_SECONDS, "number": number})
            if row := cursor.fetchone():
                return cast("UUID", row[0])
    return None


def take_turn_back(token: UUID) -> None:
    """End the turn."""
    with across_organizations(reason="senders of webhooks take turns"), scoped_cursor() as cursor:
        cursor.execute(_GIVE_BACK, [token])
