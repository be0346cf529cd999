"""What every move of an application does: lock, check the way, write, audit, tell the other side."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from partners.onboarding.domain.lifecycle import OPEN, Side, Status, may_move
from partners.onboarding.events import ApplicationMoved
from partners.onboarding.models import PartnerApplication
from partners.onboarding.services.tell_other_side import tell_other_side


class ApplicationDecidedError(DomainError):
    """It has been approved, rejected or withdrawn."""

    code = "application_decided"
    sentence = _("This application has been decided or withdrawn already.")


class ApplicationElsewhereError(DomainError):
    """The other side has it now."""

    code = "application_elsewhere"
    sentence = _("This is not possible while the application stands like this.")


def locked_application(*, actor: Actor, application_id: UUID, side: Side) -> PartnerApplication:
    """The application, locked, if the actor's organization stands on `side` of it; raises `NotFoundError`."""
    own = {"organization_id" if side is Side.APPLICANT else "host_id": actor.organization_id}
    application = PartnerApplication.objects.select_for_update().filter(pk=application_id, **own).first()
    if application is None:
        raise NotFoundError
    return application


def require_way(application: PartnerApplication, side: Side, wanted: Status) -> None:
    """Raise `ApplicationDecidedError` for a closed application and `ApplicationElsewhereError` where no way leads on."""
    present = Status(application.status)
    if may_move(side, present, wanted):
        return
    if present not in OPEN:
        raise ApplicationDecidedError
    raise ApplicationElsewhereError


def move_application(
    *, actor: Actor, application: PartnerApplication, status: Status, now: datetime, **said: object
) -> None:
    """Move the locked application to `status` with what is `said` about it (columns), audit it and tell the other side.

    The caller has checked permission and way. What never was submitted concerns nobody else and is not told.
    """
    before = application.status
    application.status = status
    for column, value in said.items():
        setattr(application, column, value)
    application.save(update_fields=["status", *said])
    audit.record(
        actor,
        f"application.{status}",
        application,
        now=now,
        before={"status": before},
        after={"status": status.value, **said},
    )
    if application.submitted_at is not None:
        moved = ApplicationMoved(application_id=str(application.pk), status=status.value)
        tell_other_side(moved, application=application, now=now)
