"""The home dashboard: what was earned, what is due and what needs doing. Every number links to the list it sums."""

from dataclasses import dataclass
from datetime import date, timedelta
from urllib.parse import urlencode

from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.kernel.clock import local_date, utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.money import minor_to_decimal
from alliance.kernel.permissions import Permission
from alliance.portal.queues import next_step_for, queues_for
from alliance.portal.templatetags.money import display_money
from alliance.portal.templatetags.portal import day_name, month_name, short_month
from settlements.selectors import CurrencyFigures, home_figures


@dataclass(frozen=True, slots=True)
class Stat:
    """One figure with the list that it sums."""

    label: str
    amount_minor: int | None
    currency: str
    href: str
    hint: str


@dataclass(frozen=True, slots=True)
class Month:
    """One month of the trend: its amount, and the list of the accruals that make it."""

    label: str
    short_label: str
    amount_minor: int
    href: str


@dataclass(frozen=True, slots=True)
class Panel:
    """What was earned in one currency."""

    currency: str
    stats: tuple[Stat, ...]
    months: tuple[Month, ...]

    @property
    def chart_id(self) -> str:
        """The element that carries the chart's figures."""
        return f"chart-{self.currency}"

    @property
    def chart(self) -> dict[str, object]:
        """The trend for `chart.js`: values for the axis, finished sentences for people."""
        return {
            "name": _("Earned"),
            "currency": self.currency,
            "points": [
                {
                    "label": month.label,
                    "short": month.short_label,
                    "value": str(minor_to_decimal(month.amount_minor, self.currency)),
                    "text": display_money(month.amount_minor, self.currency),
                    "href": month.href,
                }
                for month in self.months
            ],
        }


@require_safe
@member_view(Permission.HOME_READ)
def home(request: MemberRequest) -> HttpResponse:
    """The first page after sign-in, for host and partner."""
    now = utc_now()
    figures = home_figures(organization_id=request.organization.id, now=now)
    today = local_date(now, request.organization.time_zone)
    panels = [_panel(figure, today, is_host=request.organization.is_host) for figure in figures.currencies]
    context = {
        "panels": panels,
        "queues": queues_for(request.organization, request.actor, figures, now=now),
        "next_step": None if panels else next_step_for(request.organization, request.actor),
    }
    return render(request, "portal/home.html", context)


def _panel(figure: CurrencyFigures, today: date, *, is_host: bool) -> Panel:
    currency = figure.currency
    first = today.replace(day=1)
    pending = (
        _("Owed to partners, in months that are still open") if is_host else _("Earned, in months that are still open")
    )
    available = _("Owed to partners, from closed months") if is_host else _("From closed months, ready to be paid")
    return Panel(
        currency=currency,
        stats=(
            Stat(_("This month"), figure.this_month_minor, currency, _month_url(first, currency), month_name(first)),
            Stat(
                _("Pending"),
                figure.pending_minor,
                currency,
                _list_url("ledger", kind="pending", currency=currency),
                pending,
            ),
            Stat(
                _("Available"),
                figure.available_minor,
                currency,
                _list_url("ledger", kind="available", currency=currency),
                available,
            ),
            _next_statement(figure, today),
        ),
        months=tuple(
            Month(
                month_name(month), short_month(month), amount, _month_url(date.fromisoformat(f"{month}-01"), currency)
            )
            for month, amount in figure.trend
        ),
    )


def _next_statement(figure: CurrencyFigures, today: date) -> Stat:
    """What the earliest open month holds so far, leading to exactly these accruals."""
    due, ends_on = figure.next_statement_on, figure.next_month_ends_on
    if due is None or ends_on is None:
        return Stat(
            _("Next statement"),
            None,
            figure.currency,
            _list_url("statements", currency=figure.currency),
            _("No month is open"),
        )
    first = (ends_on - timedelta(days=1)).replace(day=1)
    said = _("Closes on %(day)s") if due >= today else _("Due to close since %(day)s")
    return Stat(
        _("Next statement"),
        figure.next_statement_minor,
        figure.currency,
        _month_url(first, figure.currency, status="open"),
        f"{month_name(first)} · {said % {'day': day_name(due)}}",
    )


def _month_url(first: date, currency: str, **more: str) -> str:
    last = (first.replace(day=28) + timedelta(days=4)).replace(day=1) - timedelta(days=1)
    return _list_url("accruals", **{"from": first.isoformat(), "to": last.isoformat(), "currency": currency}, **more)


def _list_url(name: str, **query: str) -> str:
    """The address of a list with its filter."""
    return f"{reverse(f'portal:{name}')}?{urlencode(query)}"
