"""The host does not take the applicant in."""

from datetime import date, datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.services.move_application import locked_application, move_application, require_way

LONGEST_REASON: Final = 1000


class RejectionReasonMissingError(InvalidInputError):
    """The applicant learns why."""

    code = "rejection_reason_missing"
    sentence = _("Say why. The applicant reads it.")


def reject_application(
    *, actor: Actor, application_id: UUID, reason: str, reapply_on: date | None = None, now: datetime
) -> None:
    """Reject for a reason the applicant reads; it may apply again from the day `reapply_on`, `None`: at once.

    A decision is made once: a second rejection is refused. Raises `NotFoundError`, `RejectionReasonMissingError`,
    `ApplicationDecidedError`, `ApplicationElsewhereError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    said = reason.strip()[:LONGEST_REASON]
    if not said:
        raise RejectionReasonMissingError(field="reason")
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        require_way(application, Side.HOST, Status.REJECTED)
        move_application(
            actor=actor,
            application=application,
            status=Status.REJECTED,
            now=now,
            decided_at=now,
            reason=said,
            reapply_on=reapply_on,
        )
