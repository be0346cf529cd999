"""Finding jobs whose hint or worker was lost."""

from typing import Final

from alliance.kernel.jobs.registry import registered_jobs
from alliance.kernel.jobs.running import live_and_free, running
from alliance.kernel.tenancy import across_organizations

_MOST: Final = 200


def is_any_job_running() -> bool:
    """Whether some worker holds a lease at this moment: it is alive, if perhaps too busy for anything else."""
    with across_organizations(reason="is a worker busy with anybody's job"):
        return any(running(job.model).exists() for job in registered_jobs())


def sweep_jobs() -> int:
    """Hint every job that waits for a worker; how many hints were sent. Needless hints do nothing."""
    hints = []
    with across_organizations(reason="the sweeper looks after every organization's jobs"):
        for job in registered_jobs():
            waiting = live_and_free(job.model).order_by("queued_at").values_list("pk", job.owner_column)[:_MOST]
            hints += [job.hint(job_id, organization_id) for job_id, organization_id in waiting]
    return sum(hint() for hint in hints)
