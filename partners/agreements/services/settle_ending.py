"""Bring an ending from one state to the next; for the services that agree to endings, close and revoke them."""

from datetime import datetime

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from partners.agreements.services.tell_parties import tell_parties
from partners.events import EndingEvent
from partners.models import Ending, EndingStatus


def settle_ending(
    *, actor: Actor, ending: Ending, status: EndingStatus, event: EndingEvent, reason: str = "", now: datetime
) -> None:
    """Set the new status of an ending of a locked agreement and tell the parties. The database refuses a wrong step."""
    Ending.objects.filter(pk=ending.id).update(
        status=status, settled_at=now, settled_by=actor.organization_id, settle_reason=reason
    )
    after = {"status": status, "reason": reason}
    audit.record(actor, f"agreement.ending_{status}", ending, now=now, before={"status": ending.status}, after=after)
    tell_parties(event, agreement=ending.agreement, now=now)
