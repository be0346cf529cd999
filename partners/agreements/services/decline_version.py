"""A party declines a version that another one has proposed, and says why."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.agreements.naming import named
from partners.agreements.reasons import given_reason
from partners.agreements.seats import locked_version, require_seat
from partners.agreements.services.close_version import close_version
from partners.events import VersionDeclined
from partners.models import TermsStatus
from partners.services.accept_agreement import VersionClosedError


class OwnProposalError(DomainError):
    """Nobody declines what they proposed themselves."""

    code = "own_proposal"
    sentence = _("Your own organization has proposed this. You can withdraw it.")


def decline_version(*, actor: Actor, version_id: UUID, reason: str, now: datetime) -> None:
    """End the collection of signatures for another party's proposal. Declining it again changes nothing.

    An agreement that was never signed and has no other open version ends with it. Raises `NotFoundError`,
    `NotPermittedError`, `OwnProposalError`, `VersionClosedError`, `ReasonMissingError`, `ReasonTooLongError`.
    """
    actor.require(Permission.AGREEMENT_PROPOSE)
    with atomic():
        version = locked_version(version_id)
        require_seat(actor, version.agreement)
        if version.proposed_by_id == actor.organization_id:
            raise OwnProposalError
        if version.status == TermsStatus.DECLINED and version.closed_by_id == actor.organization_id:
            return
        if not version.is_open:
            raise VersionClosedError
        declined = VersionDeclined(
            organization_id=str(actor.organization_id), reason=given_reason(reason), **named(version)
        )
        close_version(actor=actor, version=version, event=declined, now=now)
