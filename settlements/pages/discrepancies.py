"""What the auditor found in the host's books."""

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from settlements.auditing.models import Discrepancy
from settlements.auditing.tables import DiscrepancyTable


@require_safe
@member_view(Permission.PERIOD_CLOSE)
def discrepancies(request: MemberRequest) -> HttpResponse:
    """Figures that must be equal and are not; below them those that were found equal again."""
    if not request.organization.is_host:
        raise NotFoundError
    rows = Discrepancy.objects.filter(organization_id=request.organization.id)
    table = DiscrepancyTable(rows.order_by("-first_seen_at", "-id"))
    context = {"table": paged(request, table), "open_count": rows.filter(resolved_at__isnull=True).count()}
    return render(request, "settlements/discrepancies.html", context)
