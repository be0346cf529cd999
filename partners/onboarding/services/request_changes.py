"""The host asks the applicant to change something."""

from collections.abc import Mapping
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.domain.steps import Step
from partners.onboarding.services.move_application import locked_application, move_application, require_way

LONGEST_REMARK: Final = 1000


class NothingRequestedError(InvalidInputError):
    """The applicant must learn what to change."""

    code = "nothing_requested"
    sentence = _("Say for at least one step what should be changed.")


def request_changes(*, actor: Actor, application_id: UUID, remarks: Mapping[Step, str], now: datetime) -> None:
    """Hand the application back with a remark for each step that should be changed. The same request again changes nothing.

    Raises `NotFoundError`, `NothingRequestedError`, `ApplicationDecidedError`, `ApplicationElsewhereError`,
    `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_REVIEW)
    said = {step.value: text.strip()[:LONGEST_REMARK] for step, text in remarks.items() if text.strip()}
    if not said:
        raise NothingRequestedError
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.HOST)
        if application.status == Status.CHANGES_REQUESTED and application.requested_changes == said:
            return
        require_way(application, Side.HOST, Status.CHANGES_REQUESTED)
        move_application(
            actor=actor, application=application, status=Status.CHANGES_REQUESTED, now=now, requested_changes=said
        )
