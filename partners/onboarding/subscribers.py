"""What onboarding does when the other side has moved an application: people are told, and the host's rules look at it."""

from collections.abc import Mapping
from datetime import datetime
from types import MappingProxyType
from typing import Final
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.events import subscribe
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.onboarding.domain.lifecycle import Status
from partners.onboarding.events import ApplicationMoved
from partners.onboarding.models import PartnerApplication
from partners.onboarding.services.judge_application import judge_application
from partners.telling import tell_members

RULES_LABEL: Final = "rules"
# The mail of each move, for the side that hears of it. That somebody has begun to look is shown, not mailed.
_MAILS: Final[Mapping[Status, str]] = MappingProxyType(
    {
        Status.SUBMITTED: "application_submitted",
        Status.WITHDRAWN: "application_withdrawn",
        Status.CHANGES_REQUESTED: "application_changes",
        Status.APPROVED: "application_approved",
        Status.REJECTED: "application_rejected",
    }
)


def on_application_moved(event: ApplicationMoved, /, *, organization_id: UUID, now: datetime) -> None:
    """Tell the reviewers of the host, or those who answer for the applicant, whichever side hears this."""
    application = PartnerApplication.objects.filter(pk=event.application_id).first()
    template = _MAILS.get(Status(event.status))
    if application is None or template is None:
        return
    is_host = application.host_id == organization_id
    tell_members(
        template=template,
        permission=Permission.APPLICATION_REVIEW if is_host else Permission.APPLICATION_SUBMIT,
        facts=_facts(application, is_host=is_host),
        now=now,
    )


def on_application_submitted(event: ApplicationMoved, /, *, organization_id: UUID, now: datetime) -> None:
    """Let the host's rules look at what has come in; where they decide nothing, people do."""
    if event.status == Status.SUBMITTED:
        actor = system_actor(organization_id, label=RULES_LABEL)
        judge_application(actor=actor, application_id=UUID(event.application_id), now=now)


def _facts(application: PartnerApplication, *, is_host: bool) -> dict[str, str]:
    page = "application_review" if is_host else "application"
    return {
        "company": application.name,
        "alliance": application.alliance_name,
        "host": application.host_name,
        "reason": application.reason,
        "reapply_on": application.reapply_on.isoformat() if application.reapply_on else "",
        "link": page_address(page, application.pk),
    }


def register() -> None:
    """Called when the app is ready."""
    subscribe(ApplicationMoved, on_application_moved, name="partners.onboarding.tell_side", queue="mail")
    subscribe(ApplicationMoved, on_application_submitted, name="partners.onboarding.judge", queue="events")
