"""Have every statement that closes, every book that grew by a close, or every approved batch made as a file from now on."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.selectors import is_hosting
from settlements.models import SCHEDULED_BATCHES, SCHEDULED_BOOKS, SCHEDULED_FORMATS, ExportFormat, ExportSchedule
from settlements.services.create_export import WrongExportFormatError


class ScheduledAlreadyError(DomainError):
    """One schedule for each format."""

    code = "scheduled_already"
    sentence = _("Files are made in this format already.")


def offered_to(*, is_host: bool) -> tuple[ExportFormat, ...]:
    """In which formats an organization may have files made."""
    return (*SCHEDULED_FORMATS, *(SCHEDULED_BOOKS + SCHEDULED_BATCHES if is_host else ()))


def schedule_exports(*, actor: Actor, file_format: ExportFormat, now: datetime) -> UUID:
    """What comes about from now on becomes an export within the hour; the schedule's id.

    Each of the organization's statements that closes; in Beancount and hledger each of a host's books with each close of a
    period; as pain.001 each batch of payouts that is approved, which a person with a second factor asks for. The person who
    asked is told by mail, and webhooks hear `export.ready`, as of every file. Raises `ScheduledAlreadyError`,
    `WrongExportFormatError`, `NotPermittedError`, `PersonRequiredError`, `SecondFactorRequiredError`.
    """
    actor.require(Permission.EXPORT_CREATE)
    if file_format in SCHEDULED_BATCHES:
        actor.require(Permission.PAYOUT_APPROVE)
        actor.require_person()
    if file_format not in offered_to(is_host=is_hosting()):
        raise WrongExportFormatError(field="file_format")
    with atomic():
        if ExportSchedule.objects.select_for_update().filter(file_format=file_format, stopped_at=None).exists():
            raise ScheduledAlreadyError(field="file_format")
        schedule = ExportSchedule.objects.create(
            organization_id=actor.organization_id,
            file_format=file_format,
            since=now,
            created_by_id=actor.user_id,
            created_by=actor.label[:160],
        )
        record(actor, "export_schedule.created", schedule, now=now, after={"file_format": str(file_format)})
    return schedule.id
