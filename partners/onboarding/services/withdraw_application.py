"""The applicant takes its application back."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.services.move_application import locked_application, move_application, require_way


def withdraw_application(*, actor: Actor, application_id: UUID, now: datetime) -> None:
    """End the application; the company may begin another at once. Repeating it changes nothing.

    Raises `NotFoundError`, `ApplicationDecidedError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        if application.status == Status.WITHDRAWN:
            return
        require_way(application, Side.APPLICANT, Status.WITHDRAWN)
        move_application(actor=actor, application=application, status=Status.WITHDRAWN, now=now)
