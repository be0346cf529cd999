"""The periods of every agreement: what is open, what can close, and what closed."""

from datetime import datetime, timedelta
from urllib.parse import urlencode
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.db.models import Count, F, OuterRef, QuerySet, Subquery, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.money import parse_amount
from alliance.kernel.permissions import Permission
from partners.selectors import organization_names
from settlements.checklist import checklist
from settlements.forms import PeriodFilter, RevenueForm
from settlements.models import AccrualShare, Period, PeriodClose, PeriodStatus, ReportedRevenue, Statement
from settlements.pooled_revenue import contributors_of
from settlements.services.close_period import PeriodNotEndedError
from settlements.services.report_revenue import report_revenue
from settlements.services.request_period_close import request_period_close
from settlements.templatetags.settlements import period_name


class PeriodTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Periods, newest first."""

    starts_on = CompiledColumn(
        '<a href="{% url "portal:period" record.id %}">{% load settlements %}{{ record|period_name }}</a>',
        verbose_name=gettext_lazy("Period"),
        orderable=False,
    )
    agreement = tables.Column(verbose_name=gettext_lazy("Agreement"), accessor="agreement_name", orderable=False)
    status = CompiledColumn(
        template_name="settlements/period_status.html", verbose_name=gettext_lazy("Status"), orderable=False
    )
    ends_at = CompiledColumn(
        "{% load portal %}{% local_time record.ends_at record.time_zone %}",
        verbose_name=gettext_lazy("Ends"),
        orderable=False,
    )
    closed_at = CompiledColumn(
        "{% load portal %}{% local_time record.closed_at %}", verbose_name=gettext_lazy("Closed at"), orderable=False
    )


@require_safe
@member_view(Permission.STATEMENT_READ)
def periods(request: MemberRequest) -> HttpResponse:
    """The period board."""
    form = PeriodFilter(request.GET)
    listed = _filtered(Period.objects.all(), form, utc_now()).annotate(
        agreement_name=F("agreement__name"), close_state=_latest_close("state")
    )
    table = PeriodTable(listed.order_by("-starts_on", "agreement_name"))
    context = {
        "form": form,
        "table": paged(request, table),
        "is_empty": not table.page.object_list,
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/periods.html", context)


def _filtered(listed: QuerySet[Period], form: PeriodFilter, now: datetime) -> QuerySet[Period]:
    given = form.given()
    if given.get("status") == PeriodFilter.READY:
        given["status"] = PeriodStatus.OPEN
        listed = listed.filter(ends_at__lte=now)
    return listed.filter(**given)


def _latest_close(field: str) -> Subquery:
    return Subquery(PeriodClose.objects.filter(period_id=OuterRef("pk")).order_by("-queued_at").values(field)[:1])


@require_safe
@member_view(Permission.STATEMENT_READ)
def period(request: MemberRequest, period_id: UUID) -> HttpResponse:
    """One period: what it sums so far, its statements once closed, and the button that closes it.

    While a close runs the page asks for its progress alone; when that has ended the whole page is loaded anew.
    """
    found = _period(period_id)
    close = PeriodClose.objects.filter(period_id=found.id).order_by("-queued_at").first()
    if request.headers.get("HX-Request"):
        response = render(request, "settlements/period_close.html", {"period": found, "close": close})
        if close is None or close.is_finished:
            response["HX-Refresh"] = "true"
        return response
    shares = AccrualShare.objects.filter(accrual__period_id=found.id, organization_id=request.organization.id)
    context = {
        "period": found,
        "close": close,
        "figures": shares.aggregate(count=Count("pk"), share=Sum("share_minor")),
        "statements": Statement.objects.filter(period_id=found.id).select_related("organization").order_by("number"),
        "can_close": _can_close(request, found) and (close is None or close.is_finished),
        "accruals_url": _accruals_url(found),
        "has_ended": found.ends_at <= utc_now(),
        "revenues": _revenues(found),
        "revenue_form": _revenue_form(request, found),
        "checks": checklist(found) if found.is_open and found.host_id == request.organization.id else [],
    }
    return render(request, "settlements/period.html", context)


def _accruals_url(found: Period) -> str:
    """The list of what is in the period: its days, the last one included."""
    last_day = found.ends_on - timedelta(days=1)
    query = {"agreement": found.agreement_id, "from": found.starts_on.isoformat(), "to": last_day.isoformat()}
    return f"{reverse('portal:accruals')}?{urlencode(query)}"


def _period(period_id: UUID) -> Period:
    found = Period.objects.filter(pk=period_id).select_related("agreement").first()
    if found is None:
        raise NotFoundError
    return found


def _can_close(request: MemberRequest, found: Period) -> bool:
    return (
        found.status == PeriodStatus.OPEN
        and found.host_id == request.organization.id
        and request.actor.can(Permission.PERIOD_CLOSE)
        and found.ends_at <= utc_now()
    )


@require_POST
@member_view(Permission.PERIOD_CLOSE)
def close(request: MemberRequest, period_id: UUID) -> HttpResponse:
    """Ask for the close; a worker does it, and the page shows how far it is."""
    found = _period(period_id)
    try:
        job_id = request_period_close(actor=request.actor, period_id=found.id, now=utc_now(), with_earlier=True)
    except PeriodNotEndedError as error:
        messages.error(request, str(error))
        return redirect("portal:period", period_id=found.id)
    said = _("%(period)s is being closed.") if job_id else _("%(period)s is closed already.")
    messages.success(request, said % {"period": period_name(found)})
    return redirect("portal:period", period_id=found.id)


def _revenues(found: Period) -> list[tuple[str, ReportedRevenue | None]]:
    """Each party whose revenue is pooled, with what it has reported."""
    parties = contributors_of(found)
    if not parties:
        return []
    reported = {row.organization_id: row for row in ReportedRevenue.objects.filter(period=found)}
    names = organization_names(parties)
    return sorted(((names.get(party, ""), reported.get(party)) for party in parties), key=lambda pair: pair[0])


def _revenue_form(request: MemberRequest, found: Period) -> RevenueForm | None:
    can = found.is_open and request.actor.can(Permission.REVENUE_REPORT)
    return RevenueForm() if can and request.organization.id in contributors_of(found) else None


@require_POST
@member_view(Permission.REVENUE_REPORT)
def revenue(request: MemberRequest, period_id: UUID) -> HttpResponse:
    """Report the own revenue of a period."""
    found = _period(period_id)
    form = RevenueForm(request.POST)
    if form.is_valid():
        try:
            report_revenue(
                actor=request.actor,
                period_id=found.id,
                amount_minor=parse_amount(form.cleaned_data["amount"], found.currency),
                note=form.cleaned_data["note"],
                now=utc_now(),
            )
        except DomainError as error:
            messages.error(request, str(error))
        else:
            messages.success(request, _("Reported. Every party of the agreement can read it."))
    else:
        messages.error(request, _("Write the amount of your revenue, such as 1234.50."))
    return redirect("portal:period", period_id=found.id)
