"""The Celery tasks of the kernel. Their arguments are ids; what there is to do stands in the rows."""

import logging
from datetime import datetime, timedelta
from typing import Final
from uuid import UUID

from django.db import DatabaseError, connections

from alliance.celery import app
from alliance.kernel.events import QUEUES
from alliance.kernel.idempotency import forget_expired
from alliance.kernel.ids import new_id
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job as run_registered_job
from alliance.kernel.jobs.sweeping import sweep_jobs as sweep_all_jobs
from alliance.kernel.outbox import delivery, relay, upkeep
from alliance.kernel.scheduling import add_to_beat, forget_runs, scheduled
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.cursors import scoped_cursor

logger = logging.getLogger(__name__)

HEARTBEAT_EVERY: Final = timedelta(seconds=30)

_BEAT: Final = """
INSERT INTO kernel_workerheartbeat AS beat (id, queue, beaten_at) VALUES (%s, %s, clock_timestamp())
ON CONFLICT (queue) DO UPDATE SET beaten_at = excluded.beaten_at
"""


@app.task(name="alliance.kernel.tasks.relay_outbox")
def relay_outbox() -> None:
    """Hint every due delivery."""
    relay.relay()


@app.task(name="alliance.kernel.tasks.deliver")
def deliver(delivery_id: str, organization_id: str) -> None:
    """Let one subscriber act on one message."""
    delivery.deliver(UUID(delivery_id), organization_id=UUID(organization_id))


@app.task(name="alliance.kernel.tasks.run_job", time_limit=3600, soft_time_limit=3300)
def run_job(label: str, job_id: str, organization_id: str) -> None:
    """Work on one job row. The lease, not the broker, keeps a second worker out, so it may run long."""
    run_registered_job(registered_job(label), UUID(job_id), organization_id=UUID(organization_id))


@app.task(name="alliance.kernel.tasks.sweep_jobs")
def sweep_jobs() -> None:
    """Hint jobs whose hint or worker was lost."""
    sweep_all_jobs()


@app.task(name="alliance.kernel.tasks.beat_heart")
def beat_heart(queue: str) -> None:
    """Prove that messages of this queue are worked off."""
    with across_organizations(reason="the heartbeat of a queue"), scoped_cursor() as cursor:
        cursor.execute(_BEAT, [new_id(), queue])


def show_life_and_sweep(queues: list[str]) -> None:
    """What a worker does when it has come up: it counts as alive, and hints whatever waits."""
    try:
        for queue in queues:
            beat_heart(queue)
        relay.relay()
        sweep_all_jobs()
    except DatabaseError:
        logger.exception("the database does not answer at the worker's start; beat will ask again")
    finally:
        connections.close_all()


@scheduled("alliance.kernel.forget_old_rows", every=timedelta(days=1))
def forget_old_rows(*, now: datetime) -> None:
    """Delete what has served its time: messages that are done, old runs, expired keys."""
    upkeep.forget_done()
    forget_runs()
    forget_expired(now=now)


add_to_beat(relay_outbox.name, every=timedelta(seconds=10), queue="events")
add_to_beat(sweep_jobs.name, every=timedelta(minutes=1), queue="events")
for _queue in QUEUES:
    add_to_beat(beat_heart.name, every=HEARTBEAT_EVERY, queue=_queue, arguments=(_queue,), name=f"heartbeat-{_queue}")
