"""The clock ends the looks whose time is over, so that every trail says when they ended."""

from datetime import datetime

from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, organization_scope
from partners.access.services.end_viewing import end_viewing
from partners.models import Viewing


def end_overdue_viewings(*, now: datetime) -> int:
    """End every view that is past its end; how many were. Nothing is shown past it anyway: the door looks at the time."""
    with across_organizations(reason="the clock ends every organization's views"):
        overdue = Viewing.objects.filter(ended_at=None, expires_at__lte=now).values_list("pk", "organization_id")
        found = list(overdue)
    for viewing_id, organization_id in found:
        with organization_scope(organization_id):
            end_viewing(actor=system_actor(organization_id), viewing_id=viewing_id, now=now)
    return len(found)
