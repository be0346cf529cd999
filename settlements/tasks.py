"""What the clock does in settlements."""

from datetime import datetime, timedelta

from django.conf import settings

from alliance.kernel.scheduling import scheduled
from settlements.answers.services.accept_silent_statements import accept_silent_statements as take_silence
from settlements.answers.services.remind_of_silence import remind_of_silence as remind_partners
from settlements.auditing.services.audit_books import audit_books as look_at_books
from settlements.banking.services.forget_bank_files import forget_bank_files
from settlements.payouts import tasks as payout_tasks
from settlements.proof.services.seal_books import seal_books
from settlements.services.accrue_waiting import accrue_all_waiting
from settlements.services.close_due_periods import close_due_periods as ask_for_closes
from settlements.services.deliver_exports import deliver_exports as make_files
from settlements.services.expire_exports import expire_exports as forget_files
from settlements.services.follow_terms import follow_terms as keep_terms

__all__ = ["payout_tasks"]  # registers its own


@scheduled("settlements.close_due_periods", every=timedelta(hours=1), queue="money")
def close_due_periods(*, now: datetime) -> None:
    """Do what terms ask for by the calendar, then close the periods that ended long enough ago for late orders."""
    keep_terms(now=now)
    ask_for_closes(now=now, grace=timedelta(days=settings.PERIOD_CLOSE_GRACE_DAYS))


@scheduled("settlements.accrue_waiting", every=timedelta(hours=1), queue="money")
def accrue_waiting(*, now: datetime) -> None:
    """Accrue what waited for an exchange rate that came while it was being held."""
    accrue_all_waiting(now=now)


@scheduled("settlements.deliver_exports", every=timedelta(hours=1))
def deliver_exports(*, now: datetime) -> None:
    """Make the files that schedules ask for."""
    make_files(now=now)


@scheduled("settlements.expire_exports", every=timedelta(days=1))
def expire_exports(*, now: datetime) -> None:
    """Delete the files whose time is over, and files from a bank that nobody imported."""
    forget_files(now=now)
    forget_bank_files(now=now)


@scheduled("settlements.audit_books", every=timedelta(hours=1), queue="money")
def audit_books(*, now: datetime) -> None:
    """Compare statements, ledger, payouts and chain."""
    look_at_books(now=now)


@scheduled("settlements.seal_journals", every=timedelta(minutes=1), queue="money")
def seal_journals(*, now: datetime) -> None:  # noqa: ARG001  the database's clock stands on seals
    """Chain what was posted since the last minute."""
    seal_books()


@scheduled("settlements.accept_silent_statements", every=timedelta(hours=1), queue="money")
def accept_silent_statements(*, now: datetime) -> None:
    """Take silence for acceptance where the time to answer is over."""
    take_silence(now=now)


@scheduled("settlements.remind_of_silence", every=timedelta(hours=1), queue="mail")
def remind_of_silence(*, now: datetime) -> None:
    """Remind partners of statements that their silence is about to accept."""
    remind_partners(now=now)
