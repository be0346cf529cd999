"""Claiming a job, working in fenced steps, and ending it."""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Final
from uuid import UUID

from django.db.models import Q, QuerySet
from django.db.models.functions import Now

from alliance.kernel.clock import utc_now
from alliance.kernel.error_log import log_fields
from alliance.kernel.errors import DomainError
from alliance.kernel.ids import new_id
from alliance.kernel.jobs.rows import JobRow, JobState
from alliance.kernel.scrubbing import scrubbed_text
from alliance.kernel.tenancy import organization_scope, require_organization_id

if TYPE_CHECKING:
    from alliance.kernel.jobs.registry import RegisteredJob

logger = logging.getLogger(__name__)

LEASE = timedelta(seconds=30)
MAX_ATTEMPTS: Final = 5
GAVE_UP: Final = "gave_up"
_PAUSES: Final = (timedelta(seconds=5), timedelta(seconds=30), timedelta(minutes=2), timedelta(minutes=10))
_ERROR_LENGTH: Final = 2000


class JobLostError(RuntimeError):
    """The lease ran out and another worker has the job now: stop, nothing of this step is kept."""


@dataclass(slots=True)
class JobContext:
    """What a job's `run` gets. `now` is the instant at which this attempt began."""

    organization_id: UUID
    now: datetime
    _model: type[JobRow]
    _job_id: UUID
    _token: UUID

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """One step: the organization's scope, committed as a whole, or not at all when the lease was lost.

        The row stays locked through the step, so however long it takes nobody else begins the same work; at its end
        the lease runs anew. Raises `JobLostError`.
        """
        with organization_scope(self.organization_id):
            if not self.own_row().select_for_update().exists():
                raise JobLostError(str(self._job_id))
            yield
            self.own_row().update(lease_until=Now() + LEASE)

    def report(self, done: int, total: int) -> None:
        """Say how far the work is, inside `transaction()`. Progress renews the lease and forgives earlier deaths."""
        require_organization_id()
        self.own_row().filter(done__lt=done).update(attempts=1)
        self.own_row().update(done=done, total=total, lease_until=Now() + LEASE)

    def renew(self) -> None:
        """Renew the lease between steps, when work outside a transaction takes more than some seconds."""
        with self.transaction():
            pass

    def own_row(self) -> QuerySet[JobRow]:
        """The job's row as long as this attempt holds its lease; empty afterwards. Inside the scope only."""
        return _rows(self._model).filter(pk=self._job_id, lease_token=self._token, state=JobState.RUNNING)


def run_job(job: "RegisteredJob", job_id: UUID, *, organization_id: UUID) -> bool:
    """Work on one job if it is free; `True` when this call brought it to its end.

    A `DomainError` ends it as failed with that code. Any other failure puts it back with a pause; after five
    attempts without progress it fails with the code `gave_up`. Raises what `run` raised, after noting it.
    """
    context = _claim(job.model, job_id, organization_id)
    if context is None:
        return False
    try:
        job.run(job_id, context)
    except JobLostError:
        logger.warning("job lost its lease", extra={"job": job.label, "job_id": str(job_id)})
        return False
    except DomainError as refusal:
        logger.warning("job refused", extra={"job": job.label, "job_id": str(job_id), **log_fields(refusal)})
        _finish(context, JobState.FAILED, refusal.code, str(refusal))
        return True
    except Exception as error:
        _put_back(context, error)
        raise
    return _finish(context, JobState.SUCCEEDED)


def _rows(model: type[JobRow]) -> QuerySet[JobRow]:
    """All rows that the open scope shows."""
    rows: QuerySet[JobRow] = model._default_manager.all()  # noqa: SLF001  Django's public name of it
    return rows


def _free() -> Q:
    return Q(lease_until__isnull=True) | Q(lease_until__lt=Now())


def live_and_free(model: type[JobRow]) -> QuerySet[JobRow]:
    """The jobs that wait for a worker: queued and due, or running under a lease that is over."""
    return _rows(model).filter(_free(), state__in=[JobState.QUEUED, JobState.RUNNING])


def running(model: type[JobRow]) -> QuerySet[JobRow]:
    """The jobs that a worker holds now."""
    return _rows(model).filter(state=JobState.RUNNING, lease_until__gte=Now())


def _claim(model: type[JobRow], job_id: UUID, organization_id: UUID) -> JobContext | None:
    """Take the lease, unless somebody has it or is in the middle of a step."""
    now, token = utc_now(), new_id()
    with organization_scope(organization_id):
        row = live_and_free(model).select_for_update(skip_locked=True).filter(pk=job_id).first()
        if row is None:
            return None
        rows = _rows(model).filter(pk=job_id)
        if row.attempts >= MAX_ATTEMPTS:
            rows.update(state=JobState.FAILED, finished_at=now, lease_until=None, lease_token=None, error_code=GAVE_UP)
            return None
        rows.update(
            state=JobState.RUNNING,
            attempts=row.attempts + 1,
            started_at=row.started_at or now,
            lease_until=Now() + LEASE,
            lease_token=token,
        )
    return JobContext(organization_id, now, model, job_id, token)


def _finish(context: JobContext, state: JobState, code: str = "", detail: str = "") -> bool:
    with organization_scope(context.organization_id):
        return bool(
            context.own_row().update(
                state=state,
                finished_at=utc_now(),
                lease_until=None,
                lease_token=None,
                error_code=code,
                error_detail=detail[:_ERROR_LENGTH],
            )
        )


def _put_back(context: JobContext, error: Exception) -> None:
    """Free the job with a pause, or end it when it has been tried often enough without getting further."""
    detail = scrubbed_text(f"{type(error).__name__}: {error}")[:_ERROR_LENGTH]
    with organization_scope(context.organization_id):
        row = context.own_row().select_for_update().first()
        if row is not None and row.attempts < MAX_ATTEMPTS:
            pause = _PAUSES[min(row.attempts, len(_PAUSES)) - 1]
            context.own_row().update(
                state=JobState.QUEUED, lease_until=Now() + pause, lease_token=None, error_detail=detail
            )
            return
    _finish(context, JobState.FAILED, GAVE_UP, detail)
