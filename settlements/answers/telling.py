"""Telling both sides of a statement what has happened to it: an event in the scope of each."""

from dataclasses import dataclass
from datetime import datetime
from typing import Final, TypedDict
from uuid import UUID

from alliance.kernel.events import publish
from alliance.kernel.tenancy import require_organization_id
from partners.messages import leave_message
from settlements.events import StatementEvent
from settlements.models import Statement

TELL_SIDE: Final = "SELECT settlements_tell_side(%s, %s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"


class Sides(TypedDict):
    """The fields that every event about a statement has."""

    statement_id: str
    agreement_id: str
    alliance_id: str
    host_id: str
    party_id: str
    by_organization_id: str


@dataclass(frozen=True, slots=True)
class Teller:
    """Publishes about one statement."""

    statement: Statement

    def fields(self, by: UUID) -> Sides:
        """What an event says of the statement, and whose act it was."""
        statement = self.statement
        return {
            "statement_id": str(statement.id),
            "agreement_id": str(statement.agreement_id),
            "alliance_id": str(statement.alliance_id),
            "host_id": str(statement.host_id),
            "party_id": str(statement.organization_id),
            "by_organization_id": str(by),
        }

    def tell(self, event: StatementEvent, *, now: datetime) -> None:
        """Write `event` into the outbox of the party and of the host, in the caller's transaction.

        Only the two of them may call: the database refuses everybody else.
        """
        own = require_organization_id()
        for side in (self.statement.organization_id, self.statement.host_id):
            if side == own:
                publish(event, now=now)
            else:
                leave_message(TELL_SIDE, [self.statement.id, side], event, organization_id=side, now=now)
