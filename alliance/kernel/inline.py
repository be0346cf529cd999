"""Working off one organization's waiting jobs and deliveries in this very process.

For commands that must be done when they return (the demo's seed, a real run, an import from the shell). They use the
same rows, leases and receipts as the workers, so a worker that runs beside them does no harm.
"""

from typing import Final
from uuid import UUID

from alliance.kernel.jobs.registry import registered_jobs
from alliance.kernel.jobs.running import live_and_free
from alliance.kernel.jobs.running import run_job as run_one
from alliance.kernel.models import DeliveryState, OutboxDelivery
from alliance.kernel.outbox.delivery import deliver
from alliance.kernel.tenancy import organization_scope

_ROUNDS: Final = 1000
_BATCH: Final = 200


class StillBusyError(RuntimeError):
    """Subscribers keep answering each other: a programming error."""


def work_off(organization_id: UUID) -> int:
    """Run every free job and pending delivery of the organization, and what these publish in turn; how many were done.

    Opens its own scopes. A handler's exception comes through, after it was noted on its row.
    """
    total = 0
    for _ in range(_ROUNDS):
        done = _jobs(organization_id) + _deliveries(organization_id)
        if not done:
            return total
        total += done
    raise StillBusyError


def _jobs(organization_id: UUID) -> int:
    done = 0
    for job in registered_jobs():
        with organization_scope(organization_id):
            waiting = list(live_and_free(job.model).order_by("pk").values_list("pk", flat=True))
        done += sum(run_one(job, job_id, organization_id=organization_id) for job_id in waiting)
    return done


def _deliveries(organization_id: UUID) -> int:
    with organization_scope(organization_id):
        rows = OutboxDelivery.objects.filter(state=DeliveryState.PENDING).order_by("pk")
        waiting = list(rows.values_list("pk", flat=True)[:_BATCH])
    return sum(deliver(delivery_id, organization_id=organization_id) for delivery_id in waiting)
