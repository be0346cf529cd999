"""Closed statements: the list, and each with its lines, its hashes and its files."""

from collections.abc import Mapping, Sequence
from datetime import date, timedelta
from typing import Any, Final
from urllib.parse import urlencode
from uuid import UUID

from django.db.models import Count, Exists, F, OuterRef, Q, QuerySet, Subquery, Sum
from django.db.models.functions import Coalesce
from django.http import HttpResponse, JsonResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.lists import MOST_PER_PAGE, PER_PAGE, paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements import changes
from settlements.answers.pages import answers_to, comments_exist, disputes_exist, mark_disputed
from settlements.exchange.other_currencies import other_currencies
from settlements.forms import StatementFilter
from settlements.invoices.latest import latest_invoice
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
from settlements.payouts.selectors import Payment, payments_between
from settlements.tables import ChangeTable, StatementLineTable, StatementTable

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
PART_TITLES: Final = {
    "current": Section.CURRENT.label,
    "prior": Section.PRIOR.label,
    "adjustment": Section.ADJUSTMENT.label,
    "tax": gettext_lazy("Tax"),
    "exchanged": gettext_lazy("Exchanged"),
    "orders": gettext_lazy("Orders"),
    "refunds": gettext_lazy("Refunds"),
    "estimated": gettext_lazy("Estimated for the orders"),
    "changed": gettext_lazy("Changes to these orders"),
    "earlier": gettext_lazy("Changes to earlier orders"),
    "other": gettext_lazy("What names no order"),
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


# What a line shows of its accrual.
_BESIDES: Final = {
    "available_on": F("accrual__available_on"),
    "exchanged": F("accrual__explanation__facts__exchanged"),
    "parent_reference": F("accrual__conversion__parent_reference"),
    "invalid_reason": F("accrual__conversion__invalid_reason"),
    "returned_quantity": F("accrual__conversion__returned_quantity"),
}


@require_safe
@member_view(Permission.STATEMENT_READ)
def statement(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """One statement. Its figures never change; each opens the lines that it sums."""
    related = ("agreement", "organization", "previous", "review")
    answered = Statement.objects.annotate(has_disputes=disputes_exist(), has_comments=comments_exist())
    rows = answered.annotate(is_restated=_is_restated(), next_id=_next_id(), is_exchanged=_is_exchanged())
    found = rows.select_related(*related).filter(pk=statement_id).first()
    if found is None:
        raise NotFoundError
    lines = StatementLine.objects.filter(statement_id=statement_id)
    listed = lines.annotate(**_BESIDES).order_by("line_number")
    show = request.GET.get("show", "")
    parts = _parts(found)
    shown = parts.get(show, Q())
    answers = answers_to(request, found)
    hidden = () if answers["disputes"] or answers["can_dispute"] else ("answer",)
    sums = _sums(lines, shown)
    table = paged(request, StatementLineTable(listed.filter(shown), exclude=hidden), rows=sums["rows"])
    _mark(table, found, answers)
    context = {
        "statement": found,
        "last_day": found.ends_on - timedelta(days=1),
        "show": show if show in parts else "",
        "show_title": PART_TITLES.get(show, ""),
        **_estimate(found),
        "sections": Section,
        "restatements": found.restatements.order_by("version") if found.is_restated else [],
        "can_restate": _can_restate(request, found),
        "account_url": _account_url(found) if found.paid_minor else "",
        "zone": found.time_zone,
        "table": table,
        "sums": sums,
        "invoice": latest_invoice(found.id),
        "may_invoice": found.organization_id != found.host_id and request.actor.can(Permission.INVOICE_MANAGE),
        "exchanges": _exchanges(found) if sums["exchanges"] else [],
        "other_currencies": other_currencies(found) if found.is_exchanged else [],
        "payments": _payments(found),
        "fits_one_page": PER_PAGE < table.paginator.count <= MOST_PER_PAGE and table.paginator.num_pages > 1,
        "most_per_page": MOST_PER_PAGE,
        "next_id": found.next_id,
        "formats": STATEMENT_FORMATS,
        "can_export": request.actor.can(Permission.EXPORT_CREATE),
        **answers,
    }
    return render(request, "settlements/statement.html", context)


def _mark(table: StatementLineTable, found: Statement, answers: Mapping[str, Any]) -> None:
    rows_shown = [row.record for row in table.page]
    mark_disputed(rows_shown, answers["disputes"])
    mark_estimated(rows_shown, found)


def _is_restated() -> Exists:
    return Exists(Restatement.objects.filter(statement_id=OuterRef("pk")))


def _is_exchanged() -> Exists:
    """Whether the party has accounts in another currency under the agreement."""
    own = Account.objects.filter(agreement_id=OuterRef("agreement_id"), organization_id=OuterRef("organization_id"))
    return Exists(own.exclude(currency=OuterRef("currency")))


def _next_id() -> Subquery:
    return Subquery(Statement.objects.filter(previous_id=OuterRef("pk")).values("id")[:1])


def _payments(found: Statement) -> list[Payment]:
    return payments_between(
        agreement_id=found.agreement_id, organization_id=found.organization_id, begin=found.starts_on, end=found.ends_on
    )


def _parts(found: Statement) -> dict[str, Q]:
    """Every part of the lines that a figure of the statement opens."""
    return PARTS | {
        "estimated": changes.OF_ORDERS,
        "changed": changes.of_own_orders(found.period_id),
        "earlier": changes.of_earlier_orders(found.period_id),
        "other": changes.OF_NO_ORDER,
    }


def _estimate(found: Statement) -> dict[str, object]:
    """How the share divides into what was estimated and what changed it, on the statement and since."""
    estimate, later = changes.estimate_figures(found), changes.changes_by_period(found)
    today = estimate.actual_minor + sum(change.delta_minor for change in later)
    return {"estimate": estimate, "later": later, "today_minor": today}


def mark_estimated(lines: Sequence[StatementLine], found: Statement) -> None:
    """Put on each order of one page what was estimated, what changed it since, and what the statement left of it."""
    orders = [line for line in lines if line.accrual_id is not None and line.kind not in changes.BACK]
    ids = [line.accrual_id for line in orders if line.accrual_id is not None]
    changed = changes.changes_of_orders(found.organization_id, ids)
    for line in orders:
        assert line.accrual_id is not None  # asked above
        line.estimate = changes.estimate_of(  # type: ignore[attr-defined]  # for the page alone
            line.share_minor, line.base_minor, changed.get(line.accrual_id, []), found.ends_on, _settles_on(line, found)
        )


def _settles_on(line: StatementLine, found: Statement) -> date | None:
    """The day on which the share becomes available, of one that was inside its hold when the statement closed."""
    day: date | None = line.available_on  # type: ignore[attr-defined]  # read with the page
    return day if day is not None and day >= found.ends_on else None


@require_safe
@member_view(Permission.STATEMENT_READ)
def statement_changes(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """What later periods have changed of the orders on a statement, each with what made it."""
    found = Statement.objects.filter(pk=statement_id).select_related("agreement", "organization").first()
    if found is None:
        raise NotFoundError
    by_period = changes.changes_by_period(found)
    chosen = next((one for one in by_period if str(one.period_id) == request.GET.get("period", "")), None)
    listed = by_period if chosen is None else [chosen]
    rows = changes.later_changes(found, period_id=chosen.period_id if chosen else None)
    context = {
        "statement": found,
        "by_period": by_period,
        "chosen": chosen,
        "total_minor": sum(one.delta_minor for one in listed),
        "table": paged(request, ChangeTable(rows)),
    }
    return render(request, "settlements/statement_changes.html", context)


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
