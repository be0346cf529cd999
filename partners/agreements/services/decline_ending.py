"""A party declines a proposal to end an agreement, and says why."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named_ending
from partners.agreements.reasons import given_reason
from partners.agreements.seats import locked_ending, require_seat
from partners.agreements.services.accept_ending import EndingClosedError
from partners.agreements.services.decline_version import OwnProposalError
from partners.agreements.services.settle_ending import settle_ending
from partners.events import EndingDeclined
from partners.models import EndingStatus


def decline_ending(*, actor: Actor, ending_id: UUID, reason: str, now: datetime) -> None:
    """End the collection of signatures for another party's proposal to end. Declining it again changes nothing.

    Raises `NotFoundError`, `NotPermittedError`, `OwnProposalError`, `EndingClosedError`, `ReasonMissingError`,
    `ReasonTooLongError`.
    """
    actor.require(Permission.AGREEMENT_ACCEPT)
    with atomic():
        ending = locked_ending(ending_id)
        require_seat(actor, ending.agreement)
        if ending.declared_by_id == actor.organization_id:
            raise OwnProposalError
        if ending.status == EndingStatus.DECLINED and ending.settled_by_id == actor.organization_id:
            return
        if not ending.is_open:
            raise EndingClosedError
        said = given_reason(reason)
        declined = EndingDeclined(organization_id=str(actor.organization_id), reason=said, **named_ending(ending))
        settle_ending(actor=actor, ending=ending, status=EndingStatus.DECLINED, event=declined, reason=said, now=now)
