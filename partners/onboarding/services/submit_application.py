"""The applicant hands its application in, or in again."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.errors import InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models.users import User
from partners.onboarding.domain.lifecycle import Side, Status
from partners.onboarding.domain.steps import Step
from partners.onboarding.models import ApplicationDocument
from partners.onboarding.selectors import application_page, incomplete_steps
from partners.onboarding.sentences import STEP_NAMES
from partners.onboarding.services.move_application import locked_application, move_application, require_way
from partners.onboarding.services.start_application import ApplicationPageClosedError
from partners.telling import tell_members


class ApplicationIncompleteError(InvalidInputError):
    """A step is missing or wrong; `field` names the first."""

    code = "application_incomplete"
    sentence = _("The application is not complete yet.")

    def __init__(self, steps: list[Step]) -> None:
        self.steps = steps
        names = ", ".join(str(STEP_NAMES[step]) for step in steps)
        super().__init__(_("Not complete yet: %(steps)s.") % {"steps": names}, field=steps[0].value)


def submit_application(*, actor: Actor, application_id: UUID, now: datetime) -> None:
    """Check every step and hand the application to the host, who sees it and its documents from now on.

    A submitted application again changes nothing. Both sides are mailed. Raises `NotFoundError`,
    `ApplicationIncompleteError` (with the steps at fault), `ApplicationPageClosedError` before the first submission,
    `ApplicationDecidedError`, `ApplicationElsewhereError`, `NotPermittedError`.
    """
    actor.require(Permission.APPLICATION_SUBMIT)
    actor.require_person()
    with atomic():
        application = locked_application(actor=actor, application_id=application_id, side=Side.APPLICANT)
        if application.status == Status.SUBMITTED:
            return
        require_way(application, Side.APPLICANT, Status.SUBMITTED)
        page = application_page(alliance_id=application.alliance_id)
        if page is None or (not page.is_open and application.submitted_at is None):
            raise ApplicationPageClosedError
        if steps := incomplete_steps(application, required_documents=page.required_documents):
            raise ApplicationIncompleteError(steps)
        ApplicationDocument.objects.filter(application=application, submitted_at=None).update(submitted_at=now)
        move_application(
            actor=actor,
            application=application,
            status=Status.SUBMITTED,
            now=now,
            submitted_at=application.submitted_at or now,
            last_submitted_at=now,
            applicant_email=_proven_address(actor),
        )
        facts = {"company": application.name, "alliance": application.alliance_name, "host": application.host_name}
        tell_members(template="application_received", permission=Permission.APPLICATION_SUBMIT, facts=facts, now=now)


def _proven_address(actor: Actor) -> str:
    """The address with which the person signs in. It was proven by mail; an address among the answers was not."""
    person = User.objects.filter(pk=actor.user_id).first() if actor.user_id is not None else None
    return person.email if person is not None else ""
