"""Closed statements: the list, and each with its lines, its hashes and its files."""

from uuid import UUID

from django.db.models import Count, F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements.forms import StatementFilter
from settlements.models import ExportFormat, Section, Statement, StatementLine
from settlements.models.exports import LEDGER_FORMATS
from settlements.pages.lists import paged
from settlements.tables import StatementLineTable, StatementTable


@require_safe
@member_view(Permission.STATEMENT_READ)
def statements(request: MemberRequest) -> HttpResponse:
    """The statements the organization sees: its own, and as a host its partners'."""
    party_ids = {party for agreement in agreements_of() for party in agreement.party_ids}
    form = StatementFilter(request.GET, parties=organization_names(party_ids))
    listed = _filtered(Statement.objects.all(), form)
    rows = listed.annotate(agreement_name=F("agreement__name"), party_name=F("organization__name"))
    totals = listed.values("currency").annotate(
        rows=Count("pk"), base=Sum("base_minor"), share=Sum(F("current_minor") + F("prior_minor"))
    )
    context = {
        "form": form,
        "totals": totals.order_by("currency"),
        "table": paged(request, StatementTable(rows.order_by("-starts_on", "party_name", "number"))),
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/statements.html", context)


def _filtered(listed: QuerySet[Statement], form: StatementFilter) -> QuerySet[Statement]:
    lookups = {"party": "organization_id", "agreement": "agreement_id", "currency": "currency"}
    return listed.filter(**{lookups[name]: value for name, value in form.given().items()})


@require_safe
@member_view(Permission.STATEMENT_READ)
def statement(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """One statement. Its figures never change; each opens what it sums."""
    found = Statement.objects.filter(pk=statement_id).select_related("agreement", "organization", "previous").first()
    if found is None:
        raise NotFoundError
    section = request.GET.get("section", "")
    lines = StatementLine.objects.filter(statement_id=statement_id)
    if section in Section.values:
        lines = lines.filter(section=section)
    context = {
        "statement": found,
        "section": section if section in Section.values else "",
        "sections": Section,
        "zone": found.time_zone,
        "table": paged(request, StatementLineTable(lines.order_by("line_number"))),
        "next": Statement.objects.filter(previous_id=statement_id).first(),
        "formats": [choice for choice in ExportFormat if choice not in LEDGER_FORMATS],
        "can_export": request.actor.can(Permission.EXPORT_CREATE),
    }
    return render(request, "settlements/statement.html", context)
