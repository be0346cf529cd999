"""What the clock does in partners."""

from datetime import datetime, timedelta

from alliance.kernel.scheduling import scheduled
from partners.access.services.forget_sessions import forget_sessions as forget_ended
from partners.agreements.services.end_due_agreements import end_due_agreements as note_ends
from partners.agreements.services.renew_due_versions import renew_due_versions as note_renewals
from partners.webhooks import tasks as webhook_tasks

__all__ = ["webhook_tasks"]  # Celery looks for tasks in this module


@scheduled("partners.forget_sessions", every=timedelta(days=1))
def forget_sessions(*, now: datetime) -> None:
    """Delete the sessions that are past their end."""
    forget_ended(now=now)


@scheduled("partners.end_due_agreements", every=timedelta(minutes=15))
def end_due_agreements(*, now: datetime) -> None:
    """Note that agreements are over, and that others have begun another term."""
    note_renewals(now=now)
    note_ends(now=now)
