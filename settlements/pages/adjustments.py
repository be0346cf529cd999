"""One adjustment: what it is for, why it comes to its amount, and where it went."""

from uuid import UUID

from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import organization_names
from settlements.adjustment_sentences import sentence_of
from settlements.models import Adjustment, Journal, StatementLine


@require_safe
@member_view(Permission.STATEMENT_READ)
def adjustment(request: MemberRequest, adjustment_id: UUID) -> HttpResponse:
    """The receipt of one adjustment."""
    related = ("agreement", "period", "about_period", "accrual", "answers", "terms_version")
    found = Adjustment.objects.filter(pk=adjustment_id).select_related(*related).first()
    if found is None:
        raise NotFoundError
    names = organization_names(found.parties)
    line = StatementLine.objects.filter(adjustment_id=found.id, organization_id=request.organization.id)
    context = {
        "adjustment": found,
        "party": names.get(found.organization_id, ""),
        "counterparty": names.get(found.counterparty_id, "") if found.counterparty_id else "",
        "own_minor": _own(found, request.organization.id),
        "sentence": sentence_of(found, names),
        "journal": Journal.objects.filter(key=f"adjustment:{found.id}").first(),
        "statement_line": line.select_related("statement").first(),
        "answered_by": found.answered_by.order_by("effective_on", "id"),
    }
    return render(request, "settlements/adjustment.html", context)


def _own(found: Adjustment, organization_id: UUID) -> int | None:
    """What it is to the organization that looks."""
    if found.organization_id == organization_id:
        return found.amount_minor
    return -found.amount_minor if found.counterparty_id == organization_id else None
