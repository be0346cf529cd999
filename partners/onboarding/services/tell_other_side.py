"""Leave a message for the other side of a submitted application."""

from datetime import datetime
from typing import Final

from alliance.kernel.events import Event
from alliance.kernel.tenancy import require_organization_id
from partners.messages import leave_message
from partners.onboarding.models import PartnerApplication

TELL_OTHER_SIDE: Final = "SELECT partners_tell_other_side(%s, %s, %s, %s, %s, %s::uuid[], %s::text[], %s::text[])"


def tell_other_side(event: Event, *, application: PartnerApplication, now: datetime) -> None:
    """Write `event` into the other side's outbox, in the caller's transaction; its subscribers run in that side's scope.

    Only applicant and host of a submitted application may: the database refuses everybody else.
    """
    is_host = require_organization_id() == application.host_id
    addressee = application.organization_id if is_host else application.host_id
    leave_message(TELL_OTHER_SIDE, [application.pk], event, organization_id=addressee, now=now)
