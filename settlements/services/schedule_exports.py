"""Have every statement that closes from now on made as a file."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import SCHEDULED_FORMATS, ExportFormat, ExportSchedule
from settlements.services.create_export import WrongExportFormatError


class ScheduledAlreadyError(DomainError):
    """One schedule for each format."""

    code = "scheduled_already"
    sentence = _("Statements are made in this format already.")


def schedule_exports(*, actor: Actor, file_format: ExportFormat, now: datetime) -> UUID:
    """Each of the organization's statements that closes from now on becomes an export within the hour; the schedule's id.

    The person who asked is told by mail, and webhooks hear `export.ready`. Raises `ScheduledAlreadyError`,
    `WrongExportFormatError`, `NotPermittedError`.
    """
    actor.require(Permission.EXPORT_CREATE)
    if file_format not in SCHEDULED_FORMATS:
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
