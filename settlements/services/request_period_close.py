"""Ask for a period to be closed."""

from datetime import datetime
from uuid import UUID

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.jobs import JobState, enqueue_job
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from settlements.models import Period, PeriodClose
from settlements.services.close_period import EarlierPeriodOpenError, PeriodNotEndedError, earlier_open_periods


def request_period_close(*, actor: Actor, period_id: UUID, now: datetime, with_earlier: bool = False) -> UUID | None:
    """The job that closes the period, made now unless one waits or works already; `None` when the period is closed.

    `with_earlier` has it close the agreement's open periods before it too. Raises `PeriodNotEndedError`,
    `EarlierPeriodOpenError` (without `with_earlier`), `NotFoundError`, and `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.PERIOD_CLOSE)
    with atomic():
        period = Period.objects.filter(pk=period_id).first()
        if period is None:
            raise NotFoundError
        if period.host_id != actor.organization_id:
            raise NotPermittedError
        if not period.is_open:
            return None
        if now < period.ends_at:
            raise PeriodNotEndedError
        if not with_earlier and earlier_open_periods(period):
            raise EarlierPeriodOpenError
        return _job(actor, period, now)


def _job(actor: Actor, period: Period, now: datetime) -> UUID:
    """Two who ask at once get the same job: a unique key settles it."""
    job = PeriodClose(
        organization_id=actor.organization_id, period=period, requested_by=actor.label[:160], queued_at=now
    )
    PeriodClose.objects.bulk_create([job], ignore_conflicts=True)
    live = PeriodClose.objects.get(period=period, state__in=[JobState.QUEUED, JobState.RUNNING])
    if live.pk == job.pk:
        record(actor, "period.close_requested", period, now=now)
        enqueue_job(live)
    return live.pk
