"""What other apps and the shell may ask of settlements, inside the scope they have open. Amounts are minor units."""

from collections import defaultdict
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from uuid import UUID

from django.conf import settings
from django.db.models import Count, F, Min, Q, Sum
from django.db.models.functions import TruncMonth

from alliance.kernel.clock import local_date
from alliance.kernel.errors import NotFoundError
from partners.selectors import organization_time_zone
from settlements.domain.spans import months_back
from settlements.ledger.domain import AccountKind
from settlements.ledger.selectors import accounts, balances
from settlements.models import Accrual, AccrualShare, Period, PeriodStatus, Statement, SuspenseItem

TREND_MONTHS = 12


@dataclass(frozen=True, slots=True)
class CurrencyFigures:
    """One organization's money in one currency, each figure the sum of a list the portal shows.

    `this_month_minor` and `trend` (`YYYY-MM`, oldest first) are its own shares by effective month. Pending and
    available are the balances of the accounts it sees: its own, or for a host all that it owes to partners.
    `next_statement_on` is the day on which the earliest open month closes by itself, `next_month_ends_on` the first
    day after that month; `next_statement_minor` sums the organization's shares in it, as far as it is open.
    """

    currency: str
    this_month_minor: int
    pending_minor: int
    available_minor: int
    next_statement_on: date | None
    next_month_ends_on: date | None
    next_statement_minor: int
    trend: tuple[tuple[str, int], ...]


@dataclass(frozen=True, slots=True)
class HomeFigures:
    """The figures of the home dashboard, currencies in alphabetical order, and what waits for the host."""

    currencies: tuple[CurrencyFigures, ...]
    suspense_count: int
    periods_ready_to_close: int


def home_figures(*, organization_id: UUID, now: datetime) -> HomeFigures:
    """One organization's figures at `now`; a number of queries that does not grow with its rows."""
    today = local_date(now, organization_time_zone(organization_id=organization_id))
    earned = _earned_by_month(organization_id, today)
    owed = _owed(AccountKind.PENDING, AccountKind.AVAILABLE)
    pending, available = owed[AccountKind.PENDING], owed[AccountKind.AVAILABLE]
    open_periods = _open_periods(now)
    due = {
        currency: (ends_on, _shares_of_open(organization_id, currency, ends_on))
        for currency, ends_on, _ in open_periods
    }
    months = months_back(today, TREND_MONTHS)
    return HomeFigures(
        currencies=tuple(
            CurrencyFigures(
                currency=currency,
                this_month_minor=earned[currency, months[-1]],
                pending_minor=pending.get(currency, 0),
                available_minor=available.get(currency, 0),
                next_statement_on=_closes_on(due[currency][0]) if currency in due else None,
                next_month_ends_on=due[currency][0] if currency in due else None,
                next_statement_minor=due[currency][1] if currency in due else 0,
                trend=tuple((month, earned[currency, month]) for month in months),
            )
            for currency in sorted({code for code, _ in earned} | set(pending) | set(available) | set(due))
        ),
        suspense_count=suspense_count(),
        periods_ready_to_close=sum(ready for _, _, ready in open_periods),
    )


def suspense_count() -> int:
    """How many conversions of the scope's organization wait for an agreement."""
    return SuspenseItem.objects.filter(released_at__isnull=True).count()


@dataclass(frozen=True, slots=True)
class AccrualExplanation:
    """One accrual with its explanation and the key of its journal; `journal_key` is empty for an amount of 0."""

    accrual_id: UUID
    conversion_id: UUID
    agreement_id: UUID
    month: str
    section: str
    occurred_at: datetime
    effective_on: date
    currency: str
    base_minor: int
    journal_key: str
    explanation: dict[str, object]


def explain_accrual(*, conversion_id: UUID) -> AccrualExplanation:
    """How a conversion was split; raises `NotFoundError` when it has not accrued or is not the scope's to see."""
    accrual = Accrual.objects.select_related("period").filter(conversion_id=conversion_id).first()
    if accrual is None:
        raise NotFoundError
    return AccrualExplanation(
        accrual_id=accrual.id,
        conversion_id=conversion_id,
        agreement_id=accrual.agreement_id,
        month=accrual.period.month,
        section=accrual.section,
        occurred_at=accrual.occurred_at,
        effective_on=accrual.effective_on,
        currency=accrual.currency,
        base_minor=accrual.base_minor,
        journal_key=f"accrual:{conversion_id}" if accrual.base_minor else "",
        explanation=accrual.explanation,
    )


def _closes_on(ends_on: date) -> date:
    return ends_on + timedelta(days=settings.PERIOD_CLOSE_GRACE_DAYS)


def _earned_by_month(organization_id: UUID, today: date) -> defaultdict[tuple[str, str], int]:
    """The organization's shares by (currency, month): from statements where all is closed, else from the shares.

    A statement counts in the month in which it begins.
    """
    first = date.fromisoformat(f"{months_back(today, TREND_MONTHS)[0]}-01")
    oldest_open = Period.objects.filter(status=PeriodStatus.OPEN).aggregate(day=Min("starts_on"))["day"]
    live_from = max(first, oldest_open) if oldest_open else date.max
    earned: defaultdict[tuple[str, str], int] = defaultdict(int)
    closed = Statement.objects.filter(organization_id=organization_id, starts_on__gte=first, starts_on__lt=live_from)
    live = AccrualShare.objects.filter(organization_id=organization_id, effective_on__gte=live_from)
    across = list(Period.objects.filter(starts_on__lt=live_from, ends_on__gt=live_from).values_list("id", flat=True))
    if across:  # theirs is on the statements already
        live = live.exclude(accrual__period_id__in=across)
    for rows in (
        closed.values_list("currency", "starts_on").annotate(total=Sum(F("current_minor") + F("prior_minor"))),
        live.annotate(month=TruncMonth("effective_on"))
        .values_list("currency", "month")
        .annotate(total=Sum("share_minor")),
    ):
        for currency, month, total in rows.order_by():
            earned[currency, f"{month:%Y-%m}"] += int(total)
    return earned


def _owed(*kinds: AccountKind) -> dict[AccountKind, dict[str, int]]:
    """What the visible accounts of each kind hold in favour of their owners, by currency."""
    found = {account.id: account for account in accounts() if account.kind in kinds}
    owed: dict[AccountKind, defaultdict[str, int]] = {kind: defaultdict(int) for kind in kinds}
    for account_id, balance in balances(account_ids=list(found)).items() if found else ():
        owed[found[account_id].kind][found[account_id].currency] -= balance
    return {kind: dict(amounts) for kind, amounts in owed.items()}


def _open_periods(now: datetime) -> list[tuple[str, date, int]]:
    """For each currency, when the earliest open periods end, and how many have ended and are ready to close."""
    return list(
        Period.objects.filter(status=PeriodStatus.OPEN)
        .values_list("currency")
        .annotate(day=Min("ends_on"), ready=Count("pk", filter=Q(ends_at__lte=now)))
        .order_by()
    )


def _shares_of_open(organization_id: UUID, currency: str, ends_on: date) -> int:
    """The organization's shares in the open periods of a currency that end on a day, in minor units."""
    shares = AccrualShare.objects.filter(
        organization_id=organization_id,
        currency=currency,
        accrual__period__status=PeriodStatus.OPEN,
        accrual__period__ends_on=ends_on,
    )
    return int(shares.aggregate(total=Sum("share_minor"))["total"] or 0)
