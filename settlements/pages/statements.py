"""Closed statements: the list, and each with its lines, its hashes and its files."""

from datetime import timedelta
from typing import Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, F, Q, QuerySet, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import MOST_PER_PAGE, PER_PAGE, paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements.answers.pages import answers_to, comments_exist, disputes_exist, mark_disputed
from settlements.forms import StatementFilter
from settlements.ledger.domain import AccountKind
from settlements.models import (
    STATEMENT_FORMATS,
    TAX_KINDS,
    Account,
    AdjustmentKind,
    Exchange,
    Restatement,
    Section,
    Statement,
    StatementLine,
)
from settlements.payouts.selectors import payments_between
from settlements.tables import StatementLineTable, StatementTable

# The figures of a statement that open a part of its lines.
PARTS: Final = {
    "current": Q(section=Section.CURRENT),
    "prior": Q(section=Section.PRIOR),
    "adjustment": Q(section=Section.ADJUSTMENT) & ~Q(kind__in=[*TAX_KINDS, AdjustmentKind.EXCHANGED]),
    "tax": Q(kind__in=TAX_KINDS),
    "exchanged": Q(kind=AdjustmentKind.EXCHANGED),
    "orders": ~Q(section=Section.ADJUSTMENT) & ~Q(kind__in=["refund", "chargeback", "chargeback_won"]),
    "refunds": Q(kind__in=["refund", "chargeback"]),
}


@require_safe
@member_view(Permission.STATEMENT_READ)
def statements(request: MemberRequest) -> HttpResponse:
    """The statements the organization sees: its own, and as a host its partners'."""
    form = StatementFilter(request.GET, parties=_parties(request))
    listed = _filtered(Statement.objects.all(), form)
    rows = listed.annotate(agreement_name=F("agreement__name"), party_name=F("organization__name"))
    totals = listed.values("currency").annotate(
        rows=Count("pk"),
        base=Sum("base_minor"),
        share=Sum(F("current_minor") + F("prior_minor") + F("adjustments_minor")),
    )
    context = {
        "form": form,
        "totals": totals.order_by("currency"),
        "table": paged(request, StatementTable(rows.order_by("-starts_on", "party_name", "number"))),
        "is_filtered": bool(form.given()),
    }
    return render(request, "settlements/statements.html", context)


def _parties(request: MemberRequest) -> dict[UUID, str]:
    if not request.organization.is_host:
        return {}
    return organization_names({party for agreement in agreements_of() for party in agreement.party_ids})


def _filtered(listed: QuerySet[Statement], form: StatementFilter) -> QuerySet[Statement]:
    lookups = {"party": "organization_id", "agreement": "agreement_id", "currency": "currency"}
    return listed.filter(**{lookups[name]: value for name, value in form.given().items()})


@require_safe
@member_view(Permission.STATEMENT_READ)
def statement(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """One statement. Its figures never change; each opens the lines that it sums."""
    related = ("agreement", "organization", "previous", "review", "invoice")
    rows = Statement.objects.filter(pk=statement_id).select_related(*related)
    found = rows.annotate(has_disputes=disputes_exist(), has_comments=comments_exist()).first()
    if found is None:
        raise NotFoundError
    lines = StatementLine.objects.filter(statement_id=statement_id)
    show = request.GET.get("show", "")
    shown = PARTS.get(show, Q())
    answers = answers_to(request, found)
    hidden = () if answers["disputes"] or answers["can_dispute"] else ("answer",)
    table = paged(request, StatementLineTable(lines.filter(shown).order_by("line_number"), exclude=hidden))
    mark_disputed([row.record for row in table.page], answers["disputes"])
    sums = _sums(lines, shown)
    context = {
        "statement": found,
        "last_day": found.ends_on - timedelta(days=1),
        "show": show if show in PARTS else "",
        "sections": Section,
        "restatements": found.restatements.order_by("version"),
        "can_restate": _can_restate(request, found),
        "account_url": _account_url(found) if found.paid_minor else "",
        "zone": found.time_zone,
        "table": table,
        "sums": sums,
        "invoice": getattr(found, "invoice", None),
        "may_invoice": found.organization_id != found.host_id and request.actor.can(Permission.INVOICE_MANAGE),
        "exchanges": _exchanges(found) if sums["exchanges"] else [],
        "payments": payments_between(
            agreement_id=found.agreement_id,
            organization_id=found.organization_id,
            begin=found.starts_on,
            end=found.ends_on,
        ),
        "fits_one_page": PER_PAGE < table.paginator.count <= MOST_PER_PAGE and table.paginator.num_pages > 1,
        "most_per_page": MOST_PER_PAGE,
        "next": Statement.objects.filter(previous_id=statement_id).first(),
        "formats": STATEMENT_FORMATS,
        "can_export": request.actor.can(Permission.EXPORT_CREATE),
        **answers,
    }
    return render(request, "settlements/statement.html", context)


def _sums(lines: QuerySet[StatementLine], shown: Q) -> dict[str, int]:
    """What the shown lines come to, and how the adjustments divide into kinds."""
    return lines.aggregate(
        rows=Count("pk", filter=shown),
        base=Sum("base_minor", filter=shown),
        share=Sum("share_minor", filter=shown),
        adjustments=Count("pk", filter=PARTS["adjustment"]),
        adjusted=Coalesce(Sum("share_minor", filter=PARTS["adjustment"]), 0),
        taxes=Count("pk", filter=PARTS["tax"]),
        tax=Coalesce(Sum("share_minor", filter=PARTS["tax"]), 0),
        exchanges=Count("pk", filter=PARTS["exchanged"]),
        exchanged=Coalesce(Sum("share_minor", filter=PARTS["exchanged"]), 0),
    )


def _exchanges(found: Statement) -> QuerySet[Exchange]:
    """What its party's balance came to in another currency."""
    return Exchange.objects.filter(period_id=found.period_id, organization_id=found.organization_id).order_by("id")


def _can_restate(request: MemberRequest, found: Statement) -> bool:
    is_host = found.host_id == request.organization.id
    return is_host and found.organization_id != found.host_id and request.actor.can(Permission.ADJUSTMENT_PROPOSE)


def _account_url(found: Statement) -> str:
    """The party's account that payouts leave, with the period's days."""
    account = Account.objects.filter(
        agreement_id=found.agreement_id,
        organization_id=found.organization_id,
        kind=AccountKind.AVAILABLE,
        currency=found.currency,
    ).first()
    if account is None:
        return ""
    last_day = found.ends_on - timedelta(days=1)
    query = urlencode({"from": found.starts_on.isoformat(), "to": last_day.isoformat()})
    return f"{reverse('portal:account', args=[account.id])}?{query}"


@require_safe
@member_view(Permission.STATEMENT_READ)
def restatement_file(request: MemberRequest, statement_id: UUID, version: int) -> HttpResponse:  # noqa: ARG001  Django passes it
    """One version after the statement itself as JSON: everything that its hash is over."""
    found = Restatement.objects.filter(statement_id=statement_id, version=version).select_related("statement").first()
    if found is None:
        raise NotFoundError
    said = {
        "statement": found.statement.number,
        "version": found.version,
        "currency": found.currency,
        "delta_minor": found.delta_minor,
        "closing_minor": found.closing_minor,
        "adjustment_id": str(found.adjustment_id),
        "previous_sha256": found.previous_sha256,
        "reason": found.reason,
        "content_sha256": found.content_sha256,
    }
    response = JsonResponse(said, json_dumps_params={"ensure_ascii": False, "indent": 2})
    response["Content-Disposition"] = f'attachment; filename="{found.statement.number}-v{found.version}.json"'
    return response
