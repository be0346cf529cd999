"""The conversions that no agreement covers yet, and what the host can do about each reason."""

from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.forms import SuspenseFilter
from settlements.models import SuspenseItem, SuspenseReason
from settlements.tables import SuspenseTable


@require_safe
@member_view(Permission.STATEMENT_READ)
def suspense(request: MemberRequest) -> HttpResponse:
    """The host's queue: sums by reason, each linking to the items that it sums. Others have no such page."""
    if not request.organization.is_host:
        raise NotFoundError
    waiting = SuspenseItem.objects.filter(released_at__isnull=True)
    totals = _totals(waiting)
    form = SuspenseFilter(request.GET, currencies=sorted({str(total["currency"]) for total in totals}))
    rows = waiting.filter(**form.given()).annotate(partner_code=F("conversion__partner_code"))
    context = {
        "form": form,
        "totals": totals,
        "reasons": {total["reason"] for total in totals},
        "table": paged(request, SuspenseTable(rows.order_by("-occurred_at", "-id"))),
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/suspense.html", context)


def _totals(waiting: QuerySet[SuspenseItem]) -> list[dict[str, object]]:
    sums = waiting.values("currency", "reason").annotate(rows=Count("pk"), amount=Sum("amount_minor"))
    return [{**total, "label": SuspenseReason(total["reason"]).label} for total in sums.order_by("currency", "reason")]
