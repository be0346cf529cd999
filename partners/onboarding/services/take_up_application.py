"""Somebody of the host begins the review."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.services.move_application import locked_application, move_application, require_way


def take_up_application(*, actor: Actor, application_id: UUID, now: datetime) -> None:
    """Mark the application as being looked at; the applicant sees it. Repeating it changes nothing.

    Raises `NotFoundError`, `ApplicationDecidedError`, `ApplicationElsewhereError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        if application.status == Status.IN_REVIEW:
            return
        require_way(application, Side.HOST, Status.IN_REVIEW)
        move_application(actor=actor, application=application, status=Status.IN_REVIEW, now=now)
