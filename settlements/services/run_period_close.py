"""The job behind a close."""

from uuid import UUID

from alliance.kernel.actor import system_actor
from alliance.kernel.jobs import JobContext
from settlements.models import PeriodClose
from settlements.services.close_period import close_period, earlier_open_periods


def run_period_close(job_id: UUID, context: JobContext, /) -> None:
    """Close the agreement's open periods up to the job's, one database transaction each.

    Killed at any moment it goes on with the first period that is still open.
    """
    with context.transaction():
        job = PeriodClose.objects.select_related("period").get(pk=job_id)
        periods = [*earlier_open_periods(job.period), job.period_id]
        context.report(0, len(periods))
    actor = system_actor(context.organization_id, label=job.requested_by or "close of a period")
    for done, period_id in enumerate(periods, 1):
        with context.transaction():
            close_period(actor=actor, period_id=period_id, now=context.now)
            context.report(done, len(periods))
