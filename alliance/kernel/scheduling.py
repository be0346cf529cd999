"""What the clock does: each scheduled run is a row, so that two beats make one run."""

import logging
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Final, Protocol, cast
from uuid import UUID

from celery.schedules import crontab
from django.db.models.functions import Now

from alliance.celery import app
from alliance.kernel.clock import utc_now
from alliance.kernel.events import QUEUES
from alliance.kernel.ids import new_id
from alliance.kernel.models import ScheduledRun
from alliance.kernel.scrubbing import scrubbed_text
from alliance.kernel.tenancy import across_organizations, atomic
from alliance.kernel.tenancy.cursors import scoped_cursor

logger = logging.getLogger(__name__)

_KEPT: Final = timedelta(days=30)
_LEASE: Final = timedelta(minutes=6)  # longer than a task may run

# The slot is cut from the database's clock: workers' own clocks may differ. A run that died is taken over.
_TAKE_SLOT: Final = """
INSERT INTO kernel_scheduledrun AS run (id, job, slot, started_at, lease_until, error)
SELECT %(id)s, %(job)s, date_bin(%(every)s * interval '1 second', clock_timestamp(), '2000-01-01T00:00:00Z'), clock_timestamp(),
       clock_timestamp() + %(lease)s * interval '1 second', ''
ON CONFLICT (job, slot) DO UPDATE
SET started_at = clock_timestamp(), lease_until = excluded.lease_until
WHERE run.finished_at IS NULL AND run.lease_until < clock_timestamp()
RETURNING id
"""
_END_SLOT: Final = "UPDATE kernel_scheduledrun SET finished_at = clock_timestamp(), error = %s WHERE id = %s"


class Scheduled(Protocol):
    """Work by the clock. It looks for what is due in the tables, so that a missed slot is made up by the next."""

    def __call__(self, *, now: datetime) -> None: ...


def scheduled(job: str, *, every: timedelta, queue: str = "events") -> Callable[[Scheduled], Scheduled]:
    """Have beat start the function each `every` (UTC, counted from midnight), once however many beats there are.

    The function runs outside any scope. `job` names its rows and task; never rename it. Raises `ValueError` for an
    unknown queue.
    """
    if queue not in QUEUES:
        message = f"{queue!r} is none of the queues {', '.join(QUEUES)}."
        raise ValueError(message)

    def register(function: Scheduled) -> Scheduled:
        def run() -> None:
            run_slot(job, function, every=every)

        app.task(name=job)(run)
        add_to_beat(job, every=every, queue=queue)
        return function

    return register


def run_slot(job: str, function: Scheduled, *, every: timedelta) -> bool:
    """Run `function` unless the present slot has been run, or is being run, by somebody else; whether it ran."""
    with across_organizations(reason=f"the slot of {job}"):
        run_id = _take_slot(job, every)
    if run_id is None:
        return False
    try:
        function(now=utc_now())
    except Exception as error:
        _end_slot(run_id, scrubbed_text(f"{type(error).__name__}: {error}"))
        raise
    _end_slot(run_id, "")
    return True


def forget_runs() -> int:
    """Delete the rows of runs that began over 30 days ago; how many were."""
    with across_organizations(reason="upkeep of scheduled runs"):
        return ScheduledRun.objects.filter(slot__lt=Now() - _KEPT).delete()[0]


def add_to_beat(
    task: str, *, every: timedelta, queue: str, arguments: tuple[str, ...] = (), name: str | None = None
) -> None:
    """Have beat send `task`; a message not taken by the time of the next one expires."""
    options: Mapping[str, object] = {"queue": queue, "expires": every.total_seconds()}
    entry = {"task": task, "schedule": _schedule(every), "args": arguments, "options": options}
    app.conf.beat_schedule = {**app.conf.beat_schedule, name or task: entry}


def _schedule(every: timedelta) -> crontab | timedelta:
    """Whole hours and days on the hour; anything else by interval."""
    hour = timedelta(hours=1)
    if every == hour:
        return crontab(minute="0")
    if every == 24 * hour:
        return crontab(minute="0", hour="0")
    return every


def _take_slot(job: str, every: timedelta) -> UUID | None:
    with atomic(), scoped_cursor() as cursor:
        cursor.execute(
            _TAKE_SLOT, {"id": new_id(), "job": job, "every": every.total_seconds(), "lease": _LEASE.total_seconds()}
        )
        row = cursor.fetchone()
    return cast("UUID", row[0]) if row else None


def _end_slot(run_id: UUID, error: str) -> None:
    with across_organizations(reason="the end of a scheduled run"), atomic(), scoped_cursor() as cursor:
        cursor.execute(_END_SLOT, [error, run_id])
