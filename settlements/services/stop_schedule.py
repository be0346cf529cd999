"""Stop making files of statements by themselves."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import ExportSchedule


def stop_schedule(*, actor: Actor, schedule_id: UUID, now: datetime) -> None:
    """From now on no more; what was made stays as long as files are kept. Stopping again changes nothing.

    Raises `NotFoundError`, `NotPermittedError`.
    """
    actor.require(Permission.EXPORT_CREATE)
    with atomic():
        schedule = ExportSchedule.objects.select_for_update().filter(pk=schedule_id).first()
        if schedule is None:
            raise NotFoundError
        if schedule.stopped_at is None:
            schedule.stopped_at = now
            schedule.save(update_fields=["stopped_at"])
            record(actor, "export_schedule.stopped", schedule, now=now)
