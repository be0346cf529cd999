"""The queues of the finance home that settlements itself fills."""

from datetime import date
from typing import Final
from urllib.parse import urlencode

from django.db.models import BigIntegerField, Count, F, Func, Sum
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from alliance.kernel.permissions import Permission
from alliance.portal.templatetags.portal import day_name
from partners.selectors import organization_names
from settlements.checklist import Check, checklists, missing_revenues
from settlements.finance.debts import debts, total_by_currency
from settlements.finance.queues import MOST_SHOWN, Desk, FinanceQueue, QueueAmount, QueueItem, register_finance_queue
from settlements.models import (
    DisputeState,
    LineDispute,
    Period,
    PeriodStatus,
    ProposalState,
    ProposedAdjustment,
    SuspenseItem,
    SuspenseReason,
)
from settlements.services.approve_excess import waiting_excess
from settlements.templatetags.settlements import period_name

MOST_PERIODS: Final = 200  # of which missing revenue is looked up; more than any host has open and ended


def _address(name: str, *arguments: object, **query: object) -> str:
    address = reverse(f"portal:{name}", args=arguments)
    return f"{address}?{urlencode(query)}" if query else address


def _ended(desk: Desk) -> list[Period]:
    rows = Period.objects.filter(host_id=desk.organization_id, status=PeriodStatus.OPEN, ends_at__lte=desk.now)
    return list(rows.select_related("agreement").order_by("ends_at", "agreement__name")[:MOST_PERIODS])


def periods_to_close(desk: Desk) -> FinanceQueue | None:
    """Periods that have ended and are open, the oldest first, each with what waits before its close."""
    if not desk.actor.can(Permission.PERIOD_CLOSE):
        return None
    ended = _ended(desk)
    shown = ended[:MOST_SHOWN]
    checks = checklists(shown) if shown else {}
    return FinanceQueue(
        title=_("Periods to close"),
        count=len(ended),
        href=_address("periods", status="ready"),
        items=tuple(_period(period, checks[period.id]) for period in shown),
    )


def _period(period: Period, checks: list[Check]) -> QueueItem:
    blocking = sum(check.is_blocking for check in checks)
    if blocking:
        warning = ngettext("%(count)s thing has to be done first", "%(count)s things have to be done first", blocking)
        warning %= {"count": blocking}
    elif checks:
        warning = ngettext("%(count)s thing to look at", "%(count)s things to look at", len(checks))
        warning %= {"count": len(checks)}
    else:
        warning = ""
    detail = _("Ended on %(day)s") % {"day": day_name(period.ends_at)}
    title = f"{period_name(period)} · {period.agreement.name}"
    return QueueItem(title, _address("period", period.id), detail, warning=warning)


def revenue_missing(desk: Desk) -> FinanceQueue | None:
    """Parties that have not said what their revenue was, in periods that have ended: these can't close."""
    ended = _ended(desk)
    missing = missing_revenues(ended) if ended else {}
    names = organization_names({party for parties in missing.values() for party in parties})
    items = [
        QueueItem(
            f"{names.get(party, '')} · {period_name(period)}",
            f"{_address('period', period.id)}#revenue",
            period.agreement.name,
        )
        for period in ended
        for party in sorted(missing.get(period.id, ()))
    ]
    return FinanceQueue(
        title=_("Reported revenue that is missing"),
        count=len(items),
        href=_address("periods", status="ready"),
        items=tuple(items[:MOST_SHOWN]),
        tone="bad",
    )


def suspense(desk: Desk) -> FinanceQueue | None:
    """Conversions that no agreement explains, by reason, with their money."""
    waiting = SuspenseItem.objects.filter(organization_id=desk.organization_id, released_at__isnull=True)
    rows = list(
        waiting.values_list("reason", "currency")
        .annotate(count=Count("pk"), amount=Sum("amount_minor"))
        .order_by("reason", "currency")
    )
    sums: dict[str, int] = {}
    for _reason, currency, _count, amount in rows:
        sums[currency] = sums.get(currency, 0) + int(amount)
    items = []
    for reason, currency, count, amount in rows[:MOST_SHOWN]:
        href = _address("suspense", reason=reason, currency=currency)
        detail = ngettext("%(count)s conversion", "%(count)s conversions", count) % {"count": count}
        label = str(SuspenseReason(reason).label)
        items.append(QueueItem(label, href, detail, QueueAmount(int(amount), currency, href)))
    return FinanceQueue(
        title=_("Conversions in suspense"),
        count=sum(count for _reason, _currency, count, _amount in rows),
        href=_address("suspense"),
        amounts=tuple(QueueAmount(amount, code, _address("suspense", currency=code)) for code, amount in sums.items()),
        items=tuple(items),
    )


def proposals(desk: Desk) -> FinanceQueue | None:
    """Adjustments that wait for a second person; the sum is what all of them would give to partners, or take."""
    if not desk.actor.can(Permission.ADJUSTMENT_PROPOSE):
        return None
    rows = ProposedAdjustment.objects.filter(organization_id=desk.organization_id, state=ProposalState.WAITING)
    shown = rows.select_related("party", "agreement").order_by("proposed_at", "id")[:MOST_SHOWN]
    items = []
    for row in shown:
        href = _address("proposal", row.id)
        own = row.proposed_by_id is not None and row.proposed_by_id == desk.actor.user_id
        detail = f"{row.agreement.name} · {row.proposed_by}"
        warning = _("Yours: somebody else has to approve it") if own else ""
        title = f"{row.get_kind_display()} · {row.party.name}"
        items.append(QueueItem(title, href, detail, QueueAmount(row.amount_minor, row.currency, href), warning))
    sums = rows.values_list("currency").annotate(amount=Sum("amount_minor")).order_by("currency")
    return FinanceQueue(
        title=_("Proposed adjustments"),
        count=rows.count(),
        href=_address("proposals"),
        amounts=tuple(QueueAmount(int(amount), code, _address("proposals")) for code, amount in sums),
        items=tuple(items),
    )


def open_disputes(desk: Desk) -> FinanceQueue | None:
    """Disputed lines that nobody has settled, the oldest first; the sum is what is set aside for them."""
    rows = LineDispute.objects.filter(host_id=desk.organization_id, state=DisputeState.OPEN)
    href = _address("disputes", status=DisputeState.OPEN.value)
    items = []
    for row in rows.select_related("organization", "statement").order_by("opened_at", "id")[:MOST_SHOWN]:
        own = _address("dispute", row.id)
        title = f"{row.organization.name} · {row.reference}"
        amount = QueueAmount(row.share_minor, row.currency, own)
        items.append(QueueItem(title, own, row.statement.number, amount))
    held = rows.filter(set_aside_minor__gt=0).values_list("set_aside_currency").annotate(sum=Sum("set_aside_minor"))
    return FinanceQueue(
        title=_("Disputed lines"),
        count=rows.count(),
        href=href,
        amounts=tuple(QueueAmount(int(amount), code, href) for code, amount in held.order_by("set_aside_currency")),
        items=tuple(items),
    )


class _SumOfWaiting(Func):
    """What all parties of one accrual earned above caps."""

    template = (
        "(SELECT coalesce(sum((w ->> 'amount_minor')::bigint), 0)"
        " FROM jsonb_array_elements(%(expressions)s -> 'waiting') AS w)"
    )
    output_field = BigIntegerField()


def above_caps(desk: Desk) -> FinanceQueue | None:
    """What was earned above caps and waits for approval."""
    if not desk.actor.can(Permission.ADJUSTMENT_PROPOSE):
        return None
    rows = waiting_excess().filter(host_id=desk.organization_id).annotate(excess=_SumOfWaiting(F("explanation")))
    href = _address("excess")
    shown = rows.select_related("agreement").order_by("occurred_at", "id")[:MOST_SHOWN]
    items = [
        QueueItem(
            row.reference,
            _address("accrual", row.conversion_id),
            row.agreement.name,
            QueueAmount(row.excess, row.currency, href),
        )
        for row in shown
    ]
    sums = list(rows.values_list("currency").annotate(count=Count("pk"), amount=Sum("excess")).order_by("currency"))
    return FinanceQueue(
        title=_("Earned above caps"),
        count=sum(count for _currency, count, _amount in sums),
        href=href,
        amounts=tuple(QueueAmount(int(amount), code, href) for code, _count, amount in sums),
        items=tuple(items),
    )


def owed(desk: Desk) -> FinanceQueue | None:
    """What partners owe, the oldest debts first."""
    found = [debt for debt in debts(now=desk.now) if debt.organization_id != desk.organization_id]
    names = organization_names({debt.organization_id for debt in found})
    items = []
    for debt in found[:MOST_SHOWN]:
        href = _address("account", debt.account_id)
        detail = f"{debt.agreement_name} · {_age(debt.since, debt.today)}"
        amount = QueueAmount(debt.amount_minor, debt.currency, href)
        items.append(QueueItem(names.get(debt.organization_id, ""), href, detail, amount))
    sums = total_by_currency(found)
    return FinanceQueue(
        title=_("Debts of partners"),
        count=len(found),
        href=_address("debts"),
        amounts=tuple(
            QueueAmount(total, code, _address("debts", currency=code)) for code, (total, _ages) in sums.items()
        ),
        items=tuple(items),
        tone="bad" if any(ages[-1] for _total, ages in sums.values()) else "waiting",
    )


def _age(since: date, today: date) -> str:
    days = max(0, (today - since).days)
    return ngettext("%(count)s day old", "%(count)s days old", days) % {"count": days}


def register() -> None:
    """Called when the app is ready. Places are ten apart, so that others come between."""
    for place, (name, reader) in enumerate(
        (
            ("periods", periods_to_close),
            ("revenue", revenue_missing),
            ("suspense", suspense),
            ("proposals", proposals),
            ("excess", above_caps),
            ("disputes", open_disputes),
            ("debts", owed),
        ),
        start=1,
    ):
        register_finance_queue(name, reader, place=10 * place)
