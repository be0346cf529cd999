"""Ask the partners of a closed period for acceptance of their statements."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.tenancy import atomic
from partners.messages import leave_message
from settlements.answers.telling import TELL_SIDE, Teller
from settlements.events import StatementIssued
from settlements.models import Statement


def ask_for_acceptance(*, actor: Actor, period_id: UUID, now: datetime) -> int:
    """Tell each partner of the period that its statement waits; how many were told. The host's own waits for nobody.

    Raises `NotPermittedError` for anybody but the host.
    """
    with atomic():
        statements = list(Statement.objects.filter(period_id=period_id).order_by("number"))
        if any(statement.host_id != actor.organization_id for statement in statements):
            raise NotPermittedError
        partners = [statement for statement in statements if statement.organization_id != statement.host_id]
        for statement in partners:
            event = StatementIssued(**Teller(statement).fields(actor.organization_id))
            party = statement.organization_id
            leave_message(TELL_SIDE, [statement.id, party], event, organization_id=party, now=now)
    return len(partners)
