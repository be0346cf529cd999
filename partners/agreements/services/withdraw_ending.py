"""A proposal to end an agreement is withdrawn by its proposer."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named_ending
from partners.agreements.seats import locked_ending, require_seat
from partners.agreements.services.accept_ending import EndingClosedError
from partners.agreements.services.settle_ending import settle_ending
from partners.events import EndingWithdrawn
from partners.models import EndingStatus


def withdraw_ending(*, actor: Actor, ending_id: UUID, now: datetime) -> None:
    """End the collection of signatures for a proposal of one's own. Repeating it changes nothing.

    Raises `NotFoundError`, `NotPermittedError` for another party's proposal, `EndingClosedError` for one that stands.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    with atomic():
        ending = locked_ending(ending_id)
        require_seat(actor, ending.agreement)
        if ending.declared_by_id != actor.organization_id:
            raise NotPermittedError(_("Another party has proposed this. You can decline it."))
        if ending.status == EndingStatus.WITHDRAWN:
            return
        if not ending.is_open:
            raise EndingClosedError
        withdrawn = EndingWithdrawn(**named_ending(ending))
        settle_ending(actor=actor, ending=ending, status=EndingStatus.WITHDRAWN, event=withdrawn, now=now)
