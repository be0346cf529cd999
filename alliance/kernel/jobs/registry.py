"""Which models are jobs, what runs them, and on which queue."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Protocol
from uuid import UUID

from alliance.kernel.events import QUEUES
from alliance.kernel.hints import Hint, after_commit_once
from alliance.kernel.jobs.rows import JobRow
from alliance.kernel.jobs.running import JobContext
from alliance.kernel.tenancy import require_organization_id

RUN_JOB = "alliance.kernel.tasks.run_job"


class NotAJobError(LookupError):
    """The model has not been registered with `register_job`."""


class JobSteps(Protocol):
    """A job's work. It must be able to start again where its last committed step ended."""

    def __call__(self, job_id: UUID, context: JobContext, /) -> None: ...


@dataclass(frozen=True, slots=True)
class RegisteredJob:
    """One kind of job."""

    model: type[JobRow]
    run: JobSteps
    queue: str

    @property
    def label(self) -> str:
        """`campaigns.orderimport`: how messages name it."""
        return self.model._meta.label_lower

    @property
    def owner_column(self) -> str:
        """The column with the organization whose scope the job runs in."""
        column: str = self.model.tenancy.owner_column  # type: ignore[attr-defined]
        return column

    def hint(self, job_id: UUID, organization_id: UUID) -> Hint:
        """The message that tells a worker of this row."""
        return Hint(RUN_JOB, self.queue, (self.label, str(job_id), str(organization_id)))


_jobs: dict[str, RegisteredJob] = {}


def register_job(model: type[JobRow], run: JobSteps, *, queue: str) -> None:
    """Have rows of `model` worked on by `run` on `queue`; called from `AppConfig.ready()`.

    Raises `ValueError` for an unknown queue.
    """
    if queue not in QUEUES:
        message = f"{queue!r} is none of the queues {', '.join(QUEUES)}."
        raise ValueError(message)
    job = RegisteredJob(model, run, queue)
    _jobs[job.label] = job


def registered_job(label: str) -> RegisteredJob:
    """The job of a model's label; raises `NotAJobError`."""
    try:
        return _jobs[label]
    except KeyError:
        raise NotAJobError(label) from None


def registered_jobs() -> Iterator[RegisteredJob]:
    """Every kind of job, in order of label."""
    for label in sorted(_jobs):
        yield _jobs[label]


def enqueue_job(job: JobRow) -> None:
    """Tell a worker of a saved row after the present transaction commits.

    A lost hint only delays: the sweeper finds queued rows. Raises `NotAJobError`, or `ScopeMissingError` outside an
    organization's scope.
    """
    registered = registered_job(job._meta.label_lower)
    after_commit_once(registered.hint(job.pk, require_organization_id()))
