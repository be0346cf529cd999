"""Make the files that schedules ask for."""

from datetime import datetime
from typing import Final
from uuid import UUID

from django.db.models import Max

from alliance.kernel.actor import system_actor
from alliance.kernel.tenancy import across_organizations, atomic, organization_scope
from settlements.banking.batch_transfers import FILEABLE
from settlements.banking.services.create_payment_file import queue_payment_file
from settlements.models import (
    SCHEDULED_BATCHES,
    SCHEDULED_BOOKS,
    Export,
    ExportFormat,
    ExportSchedule,
    Period,
    Statement,
)
from settlements.payouts.models import PayoutBatch
from settlements.services.create_export import create_export

_MOST_EACH: Final = 200  # of one schedule in one run; the next run goes on


def deliver_exports(*, now: datetime) -> int:
    """An export of each statement, book or batch that is due under a schedule; how many. Runs outside any scope.

    Each statement and each batch is made once for each schedule, a book once after each close, however often this runs.
    """
    with across_organizations(reason="the clock serves every organization's schedules"):
        active = ExportSchedule.objects.filter(stopped_at__isnull=True)
        found = list(active.order_by("pk").values_list("pk", "organization_id"))
    return sum(_deliver(schedule_id, organization_id, now) for schedule_id, organization_id in found)


def _deliver(schedule_id: UUID, organization_id: UUID, now: datetime) -> int:
    with organization_scope(organization_id), atomic():
        schedule = ExportSchedule.objects.select_for_update().get(pk=schedule_id)
        actor = system_actor(organization_id, label=schedule.created_by)
        file_format = ExportFormat(schedule.file_format)
        if file_format in SCHEDULED_BATCHES:
            made = [
                queue_payment_file(actor=actor, batch=batch, file_format=file_format, now=now)
                for batch in _batches(schedule)
            ]
        elif file_format in SCHEDULED_BOOKS:
            made = [
                create_export(actor=actor, file_format=file_format, alliance_id=alliance_id, now=now)
                for alliance_id in _books(schedule)
            ]
        else:
            made = [
                create_export(actor=actor, file_format=file_format, statement_id=statement_id, now=now)
                for statement_id in _statements(schedule)
            ]
        Export.objects.filter(pk__in=made).update(schedule=schedule)
    return len(made)


def _statements(schedule: ExportSchedule) -> list[UUID]:
    """Own statements that closed since and have no file by the schedule."""
    made = Export.objects.filter(schedule=schedule).values("statement_id")
    own = Statement.objects.filter(organization_id=schedule.organization_id, closed_at__gte=schedule.since)
    return list(own.exclude(pk__in=made).order_by("closed_at", "pk").values_list("pk", flat=True)[:_MOST_EACH])


def _books(schedule: ExportSchedule) -> list[UUID]:
    """The host's alliances in which a period has closed since, and since the book's last file by the schedule."""
    closed = Period.objects.filter(host_id=schedule.organization_id, closed_at__gte=schedule.since)
    latest = closed.order_by().values("alliance_id").annotate(at=Max("closed_at")).values_list("alliance_id", "at")
    files = Export.objects.filter(schedule=schedule).order_by().values("alliance_id").annotate(at=Max("queued_at"))
    made = dict(files.values_list("alliance_id", "at"))
    return [alliance_id for alliance_id, at in latest if alliance_id not in made or made[alliance_id] <= at]


def _batches(schedule: ExportSchedule) -> list[PayoutBatch]:
    """Batches that were approved since and have no file by the schedule."""
    made = Export.objects.filter(schedule=schedule).values("batch_id")
    approved = PayoutBatch.objects.filter(state__in=FILEABLE, approved_at__gte=schedule.since)
    return list(approved.exclude(pk__in=made).order_by("approved_at", "pk")[:_MOST_EACH])
