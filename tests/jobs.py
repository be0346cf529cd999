"""Running enqueued jobs in the test's own process."""

from uuid import UUID

from django.db import connections

from alliance.kernel.hints import Hint
from alliance.kernel.jobs.registry import RUN_JOB, registered_job, registered_jobs
from alliance.kernel.jobs.running import live_and_free, run_job
from alliance.kernel.tenancy import across_organizations, organization_scope


def run_all_jobs(*organization_ids: UUID) -> int:
    """Run every job that waits, until none does; how many came to their end.

    Called outside any scope. Under `db`, the jobs enqueued in this test's transaction; under `committed`, those of
    the organizations named, or of all. What a job's `run` raises comes through.
    """
    ended = 0
    for label, job_id, organization_id in _waiting(organization_ids):
        ended += run_job(registered_job(label), job_id, organization_id=organization_id)
    return ended


def _waiting(organization_ids: tuple[UUID, ...]) -> list[tuple[str, UUID, UUID]]:
    if connections["default"].in_atomic_block:
        return _enqueued_in_this_transaction()
    found: list[tuple[str, UUID, UUID]] = []
    for job in registered_jobs():
        if not organization_ids:
            with across_organizations(reason="a test runs every job"):
                found += [
                    (job.label, pk, owner) for pk, owner in live_and_free(job.model).values_list("pk", job.owner_column)
                ]
        for organization_id in organization_ids:
            with organization_scope(organization_id):
                found += [
                    (job.label, pk, organization_id) for pk in live_and_free(job.model).values_list("pk", flat=True)
                ]
    return found


def _enqueued_in_this_transaction() -> list[tuple[str, UUID, UUID]]:
    hints = [entry[1] for entry in connections["default"].run_on_commit if isinstance(entry[1], Hint)]
    found = [hint.arguments for hint in hints if hint.task == RUN_JOB]
    return [(str(label), UUID(str(job_id)), UUID(str(owner))) for label, job_id, owner in found]
