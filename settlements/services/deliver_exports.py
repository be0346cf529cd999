"""Make the files that schedules ask for."""

from datetime import datetime
from typing import Final
from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, atomic, organization_scope
from settlements.models import Export, ExportFormat, ExportSchedule, Statement
from settlements.services.create_export import create_export

_MOST_EACH: Final = 200  # of one schedule in one run; the next run goes on


def deliver_exports(*, now: datetime) -> int:
    """An export of each statement that closed under a schedule and has none by it; how many. Runs outside any scope.

    Each statement is made once for each schedule, however often this runs.
    """
    with across_organizations(reason="the clock serves every organization's schedules"):
        active = ExportSchedule.objects.filter(stopped_at__isnull=True)
        found = list(active.order_by("pk").values_list("pk", "organization_id"))
    return sum(_deliver(schedule_id, organization_id, now) for schedule_id, organization_id in found)


def _deliver(schedule_id: UUID, organization_id: UUID, now: datetime) -> int:
    with organization_scope(organization_id), atomic():
        schedule = ExportSchedule.objects.select_for_update().get(pk=schedule_id)
        made = Export.objects.filter(schedule=schedule).values("statement_id")
        own = Statement.objects.filter(organization_id=organization_id, closed_at__gte=schedule.since)
        due = list(own.exclude(pk__in=made).order_by("closed_at", "pk").values_list("pk", flat=True)[:_MOST_EACH])
        actor = system_actor(organization_id, label=schedule.created_by)
        for statement_id in due:
            file_format = ExportFormat(schedule.file_format)
            export_id = create_export(actor=actor, file_format=file_format, statement_id=statement_id, now=now)
            Export.objects.filter(pk=export_id).update(schedule=schedule)
    return len(due)
