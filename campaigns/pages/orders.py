"""Orders of the host, and conversions of host and partners."""

from typing import Any
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import is_capped, paged_long
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from campaigns.forms import ConversionFilter, OrderFilter
from campaigns.models import Conversion, MatchIssue, Order
from campaigns.pages.lists import require_host, within_days
from campaigns.selectors import shop_words
from campaigns.tables import ConversionTable, OrderTable
from partners.selectors import hosted_alliances, partners_in

NEWEST_FIRST = ("-occurred_at", "-id")


@require_safe
@member_view(Permission.ORDER_READ)
def orders(request: MemberRequest) -> HttpResponse:
    """The host's orders: searched, filtered, sorted, by pages."""
    require_host(request)
    form = OrderFilter(request.GET, _partner_choices(request))
    rows = _filtered(request, Order.objects.order_by(*NEWEST_FIRST), form)
    if wanted := form.value("q"):
        rows = rows.filter(Q(reference__startswith=wanted) | Q(customer=wanted))
    if imported := form.value("imported"):
        rows = rows.filter(order_import_id=imported)
    table = paged_long(request, OrderTable(rows))
    context = {"form": form, "table": table, "is_capped": is_capped(table), "is_empty": not table.page.object_list}
    return render(request, "campaigns/orders.html", context)


@require_safe
@member_view(Permission.ORDER_READ)
def order(request: MemberRequest, order_id: UUID) -> HttpResponse:
    """One order with its lines, where it came from and how it was split."""
    require_host(request)
    rows = Order.objects.select_related("alliance", "order_import__order_file")
    found = rows.filter(pk=order_id).first()
    if found is None:
        raise NotFoundError
    conversion = Conversion.objects.select_related("partner", "agreement").filter(order_id=order_id).first()
    context = {
        "order": found,
        "lines": found.lines.all(),
        "conversion": conversion,
        "words": shop_words(conversion.pk) if conversion else None,
    }
    return render(request, "campaigns/order.html", context)


@require_safe
@member_view(Permission.ORDER_READ)
def conversions(request: MemberRequest) -> HttpResponse:
    """What orders come to for partners. The host sees all of its own; a partner those that are for itself."""
    is_host = request.organization.is_host
    form = ConversionFilter(request.GET, _partner_choices(request) if is_host else ())
    own = {"host_id": request.organization.id} if is_host else {"partner_id": request.organization.id}
    rows = Conversion.objects.filter(**own).prefetch_related("partner", "agreement").order_by(*NEWEST_FIRST)
    rows = _filtered(request, rows, form)
    if wanted := form.value("q"):
        rows = rows.filter(reference__startswith=wanted)
    if is_host and (imported := form.value("imported")):
        rows = rows.filter(order__order_import_id=imported)
    rows = _by_match(rows, form.value("match"))
    table = ConversionTable(rows, exclude=() if is_host else ("partner",))
    context = {
        "form": form,
        "table": paged_long(request, table),
        "is_capped": is_capped(table),
        "is_empty": not table.page.object_list,
        "is_host": is_host,
    }
    return render(request, "campaigns/conversions.html", context)


def _partner_choices(request: MemberRequest) -> list[tuple[str, str]]:
    """(partner code, name) of every partner of the hosted alliances that has a code."""
    choices = {
        partner.partner_code: f"{partner.name} ({partner.partner_code})"
        for alliance in hosted_alliances()
        if alliance.host_id == request.organization.id
        for partner in partners_in(alliance_id=alliance.id)
        if partner.partner_code
    }
    return [*choices.items(), ("-", _("Unknown code or none"))] if choices else []


def _filtered(request: MemberRequest, rows: QuerySet[Any], form: OrderFilter) -> QuerySet[Any]:
    """By kind, partner code and local days."""
    if kind := form.value("kind"):
        rows = rows.filter(kind=kind)
    if "partner" in form.fields and (code := form.value("partner")):
        known = [value for value, _label in form.fields["partner"].choices if value not in {"", "-"}]  # type: ignore[attr-defined]
        rows = rows.exclude(partner_code__in=known) if code == "-" else rows.filter(partner_code=code)
    return within_days(rows, form.value("since"), form.value("until"), request.organization.time_zone)


def _by_match(rows: QuerySet[Conversion], wanted: str | None) -> QuerySet[Conversion]:
    if wanted == "matched":
        return rows.filter(match_issue=MatchIssue.NONE)
    return rows.filter(match_issue=wanted) if wanted else rows
