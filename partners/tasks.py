"""What the clock does in partners."""

from datetime import datetime, timedelta

from alliance.kernel.scheduling import scheduled
from partners.access.services.end_overdue_viewings import end_overdue_viewings as end_overdue
from partners.access.services.forget_sessions import forget_sessions as forget_ended
from partners.agreements.services.end_due_agreements import end_due_agreements as note_ends
from partners.agreements.services.forget_loose_files import forget_loose_files as forget_files
from partners.agreements.services.remind_parties import remind_parties as send_reminders
from partners.agreements.services.renew_due_versions import renew_due_versions as note_renewals
from partners.catalogue.feeds import tasks as feed_tasks
from partners.webhooks import tasks as webhook_tasks

__all__ = ["feed_tasks", "webhook_tasks"]  # Celery looks for tasks in this module


@scheduled("partners.forget_sessions", every=timedelta(days=1))
def forget_sessions(*, now: datetime) -> None:
    """Delete the sessions that are past their end."""
    forget_ended(now=now)


@scheduled("partners.end_due_agreements", every=timedelta(minutes=15))
def end_due_agreements(*, now: datetime) -> None:
    """Note that agreements are over, and that others have begun another term."""
    note_renewals(now=now)
    note_ends(now=now)


@scheduled("partners.remind_parties", every=timedelta(hours=1), queue="mail")
def remind_parties(*, now: datetime) -> None:
    """Remind parties of what waits for them and of days to come."""
    send_reminders(now=now)


@scheduled("partners.forget_loose_files", every=timedelta(days=1))
def forget_loose_files(*, now: datetime) -> None:
    """Delete the uploads that no agreement came to name."""
    forget_files(now=now)


@scheduled("partners.end_overdue_viewings", every=timedelta(minutes=5))
def end_overdue_viewings(*, now: datetime) -> None:
    """Write down the end of operators' looks whose half hour is over."""
    end_overdue(now=now)
