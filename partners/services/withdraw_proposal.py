"""A version that waits for signatures is withdrawn by its proposer."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named
from partners.agreements.seats import locked_version, require_seat
from partners.agreements.services.close_version import close_version
from partners.events import VersionWithdrawn
from partners.models import TermsStatus
from partners.services.accept_agreement import VersionClosedError


def withdraw_proposal(*, actor: Actor, version_id: UUID, now: datetime) -> None:
    """End the collection of signatures for a version of one's own. Repeating it changes nothing.

    An agreement that was never signed and has no other open version ends with it. Raises `NotFoundError`,
    `NotPermittedError` for another party's proposal, `VersionClosedError` for one that no longer waits.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        version = locked_version(version_id)
        require_seat(actor, version.agreement)
        if version.proposed_by_id != actor.organization_id:
            raise NotPermittedError(_("Another party has proposed this. You can decline it."))
        if version.status == TermsStatus.WITHDRAWN:
            return
        if not version.is_open:
            raise VersionClosedError
        close_version(actor=actor, version=version, event=VersionWithdrawn(**named(version)), now=now)
