"""Close one month of an agreement into statements."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from django.db import connections
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.audit import record
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic, database_alias
from settlements.events import PeriodClosed
from settlements.ledger.domain import AccountKind, AccountSpec, JournalDraft, Leg
from settlements.ledger.selectors import accounts, balances
from settlements.ledger.services.lock_ledger_period import lock_ledger_period
from settlements.ledger.services.open_accounts import open_accounts
from settlements.models import Period, PeriodStatus
from settlements.services.post_journal import post_journals


class MonthNotEndedError(DomainError):
    """The month still runs in the agreement's time zone."""

    code = "month_not_ended"
    sentence = _("This month has not ended yet.")


class EarlierMonthOpenError(DomainError):
    """Months close in their order: each opening is the closing before."""

    code = "earlier_month_open"
    sentence = _("Close the earlier months of this agreement first.")


@dataclass(frozen=True, slots=True)
class ClosedPeriod:
    """How many statements the month has; `closed_now` is false when it was closed before."""

    statement_count: int
    closed_now: bool


def close_period(*, actor: Actor, period_id: UUID, now: datetime) -> ClosedPeriod:
    """Close the month for good: statements of every party with a line, and what they earned becomes available.

    Waits for accruals under way in it, so each is on exactly one statement of each party; later ones land in an open
    month. A number of SQL statements that does not grow with the lines; nothing of them passes through here. Closing
    again changes nothing. Raises `MonthNotEndedError`, `EarlierMonthOpenError`, `NotFoundError`, and
    `NotPermittedError` for anybody but the host.
    """
    actor.require(Permission.PERIOD_CLOSE)
    with atomic():
        period = _lock(actor, period_id)
        if not period.is_open:
            return ClosedPeriod(period.statements.count(), closed_now=False)
        if now < period.ends_at:
            raise MonthNotEndedError
        if earlier_open_months(period):
            raise EarlierMonthOpenError
        _release_pending(period)
        count = _close(period, now)
        record(actor, "period.closed", period, now=now, after={"statements": count})
        publish(
            PeriodClosed(
                alliance_id=str(period.alliance_id),
                agreement_id=str(period.agreement_id),
                period_id=str(period.id),
                starts_on=period.starts_on.isoformat(),
                statement_count=count,
            ),
            now=now,
        )
    return ClosedPeriod(count, closed_now=True)


def earlier_open_months(period: Period) -> list[UUID]:
    """The open months of the same agreement before this one, earliest first."""
    earlier = Period.objects.filter(
        agreement_id=period.agreement_id, starts_on__lt=period.starts_on, status=PeriodStatus.OPEN
    )
    return list(earlier.order_by("starts_on").values_list("id", flat=True))


def _lock(actor: Actor, period_id: UUID) -> Period:
    """The agreement's calendar first, then the period: the order in which accruals take them too."""
    period = Period.objects.filter(pk=period_id).first()
    if period is None:
        raise NotFoundError
    if period.host_id != actor.organization_id:
        raise NotPermittedError
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_lock_calendar(%s)", [period.agreement_id])
    return Period.objects.select_for_update().get(pk=period_id)


def _release_pending(period: Period) -> None:
    """Move what each party has pending up to the month's end to its available account.

    These terms know no hold, so what stands on a statement is due.
    """
    lock_ledger_period(period_id=period.id)
    ledger_accounts = accounts(agreement_id=period.agreement_id)
    pending = {account.id: account for account in ledger_accounts if account.kind is AccountKind.PENDING}
    amounts = {
        id_: amount for id_, amount in balances(account_ids=list(pending), before=period.ends_on).items() if amount
    }
    if not amounts:
        return
    book_id = next(iter(pending.values())).book_id
    specs = {
        id_: AccountSpec(
            pending[id_].organization_id, period.agreement_id, pending[id_].currency, AccountKind.AVAILABLE
        )
        for id_ in sorted(amounts)
    }
    available = open_accounts(book_id=book_id, specs=specs.values())
    legs = [leg for id_, spec in specs.items() for leg in (Leg(id_, -amounts[id_]), Leg(available[spec], amounts[id_]))]
    draft = JournalDraft(
        key=f"release:{period.id}",
        kind="release",
        agreement_id=period.agreement_id,
        effective_on=period.ends_on - timedelta(days=1),
        occurred_at=period.ends_at,
        legs=tuple(legs),
    )
    post_journals(book_id=book_id, drafts=[draft])


def _close(period: Period, now: datetime) -> int:
    with connections[database_alias()].cursor() as cursor:
        cursor.execute("SELECT settlements_close_period(%s, %s)", [period.id, now])
        row = cursor.fetchone()
    return int(row[0]) if row else 0
