"""The Celery tasks of the kernel. Their arguments are ids; what there is to do stands in the rows."""

from datetime import timedelta
from typing import Final
from uuid import UUID

from alliance.celery import app
from alliance.kernel.events import QUEUES
from alliance.kernel.ids import new_id
from alliance.kernel.jobs.registry import registered_job
from alliance.kernel.jobs.running import run_job as run_registered_job
from alliance.kernel.jobs.sweeping import sweep_jobs as sweep_all_jobs
from alliance.kernel.outbox import delivery, relay, upkeep
from alliance.kernel.scheduling import add_to_beat, scheduled
from alliance.kernel.tenancy import across_organizations
from alliance.kernel.tenancy.cursors import scoped_cursor

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


@scheduled("alliance.kernel.forget_old_rows", every=timedelta(days=1))
def forget_old_rows(**_: object) -> None:
    """Delete what has served its time: messages that are done, old runs, expired keys."""
    upkeep.forget_done()


add_to_beat(relay_outbox.name, every=timedelta(seconds=10), queue="events")
add_to_beat(sweep_jobs.name, every=timedelta(minutes=1), queue="events")
for _queue in QUEUES:
    add_to_beat(beat_heart.name, every=HEARTBEAT_EVERY, queue=_queue, arguments=(_queue,), name=f"heartbeat-{_queue}")
