"""Payments: the list of a host or a partner, and each with its timeline."""

from uuid import UUID

from django.contrib import messages
from django.db.models import F, QuerySet, Sum
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import accepted_terms, agreements_of, organization_names
from settlements.banking.models import BankMatch, MatchState
from settlements.invoices.missing import WaitingStatement, missing_invoices
from settlements.payouts.forms import OutcomeForm, PayoutFilter
from settlements.payouts.models import (
    BatchState,
    OutcomeReport,
    Payout,
    PayoutBatch,
    PayoutHold,
    PayoutState,
    ReportState,
)
from settlements.payouts.pages.acting import act, require_host
from settlements.payouts.services.decide_report import decide_report
from settlements.payouts.services.report_outcome import Outcome, report_outcome
from settlements.payouts.services.take_out_payout import take_out_payout
from settlements.payouts.tables import PayoutTable

REPORTABLE = frozenset({PayoutState.ACCEPTED, PayoutState.UNKNOWN, PayoutState.CONFIRMED})


@require_safe
@member_view(Permission.STATEMENT_READ)
def payouts(request: MemberRequest) -> HttpResponse:
    """What was paid and is being paid: to the organization, or for a host to its partners."""
    is_host = request.organization.is_host
    own = Payout.objects.filter(**{"host_id" if is_host else "organization_id": request.organization.id})
    form = PayoutFilter(
        request.GET,
        partners=organization_names(own.values_list("organization_id", flat=True).distinct()) if is_host else {},
        currencies=sorted(own.values_list("currency", flat=True).distinct().order_by("currency")),
    )
    listed = _filtered(own, form)
    hidden = () if is_host else ("partner",)
    rows = listed.annotate(partner_name=F("organization__name")).order_by("-prepared_at", "-reference")
    table = paged(request, PayoutTable(rows, exclude=hidden))
    context = {
        "is_host": is_host,
        "form": form,
        "table": table,
        "is_empty": not table.page.object_list,
        "is_filtered": form.is_filtering,
        "totals": listed.values("currency").annotate(total=Sum("amount_minor")).order_by("currency"),
        "holds": list(PayoutHold.objects.filter(lifted_at__isnull=True)) if not is_host else [],
        "without_invoice": _without_invoice(),
        "waiting_count": PayoutBatch.objects.filter(state=BatchState.PREPARED).count() if is_host else 0,
        "prepares": is_host and request.actor.can(Permission.PAYOUT_PREPARE),
    }
    return render(request, "settlements/payouts/payouts.html", context)


def _without_invoice() -> list[WaitingStatement]:
    """The statements whose invoice keeps payouts back: missing, or objected to; of every alliance that the organization sees."""
    alliances = {agreement.alliance_id for agreement in agreements_of(signed_only=True)}
    found = [
        one
        for alliance_id in sorted(alliances)
        for waiting in missing_invoices(timeline=accepted_terms(alliance_id=alliance_id)).values()
        for one in waiting
    ]
    return sorted(found, key=lambda one: (one.statement.starts_on, one.statement.number))


def _filtered(listed: QuerySet[Payout], form: PayoutFilter) -> QuerySet[Payout]:
    lookups = {"state": "state", "partner": "organization_id", "currency": "currency"}
    return listed.filter(**{lookups[name]: value for name, value in form.given().items()})


@require_safe
@member_view(Permission.STATEMENT_READ)
def payout(request: MemberRequest, payout_id: UUID) -> HttpResponse:
    """One payment: what it consists of, where it goes, and every step it took."""
    found = _found(payout_id)
    is_host = found.host_id == request.organization.id
    context = {
        "payout": found,
        "is_host": is_host,
        "parts": found.parts.select_related("agreement", "statement").order_by("agreement__name"),
        "steps": found.steps.order_by("at", "id"),
        "reports": _reports(request, found) if is_host else [],
        "bank_matches": _at_the_bank(request, found) if is_host else [],
        "can_report": is_host and found.state in REPORTABLE and request.actor.can(Permission.PAYOUT_PREPARE),
        "can_take_out": is_host
        and found.state == PayoutState.PREPARED
        and request.actor.can(Permission.PAYOUT_PREPARE),
    }
    return render(request, "settlements/payouts/payout.html", context)


def _found(payout_id: UUID) -> Payout:
    found = Payout.objects.select_related("organization", "host").filter(pk=payout_id).first()
    if found is None:
        raise NotFoundError
    return found


def _at_the_bank(request: MemberRequest, found: Payout) -> list[BankMatch]:
    """Entries of bank statements that are taken for it."""
    if not request.actor.can(Permission.BANK_RECONCILE):
        return []
    rows = BankMatch.objects.filter(payout=found, state__in=[MatchState.WAITING, MatchState.APPROVED])
    return list(rows.select_related("entry").order_by("proposed_at"))


def _reports(request: MemberRequest, found: Payout) -> list[tuple[OutcomeReport, bool, bool]]:
    """Each with whether this member may confirm it, and whether it is their own."""
    decides = request.actor.can(Permission.PAYOUT_APPROVE)
    rows = []
    for report in OutcomeReport.objects.filter(payout=found):
        is_own = report.reported_by_id == request.actor.user_id
        rows.append((report, decides and report.state == ReportState.WAITING, is_own))
    return rows


@require_POST
@member_view(Permission.PAYOUT_PREPARE)
def payout_take_out(request: MemberRequest, payout_id: UUID) -> HttpResponse:
    """Take it out of its batch."""
    require_host(request)
    batch_id = _found(payout_id).batch_id
    reason = request.POST.get("reason", "")[:200]

    def take() -> str:
        take_out_payout(actor=request.actor, payout_id=payout_id, reason=reason, now=utc_now())
        return _("Taken out. Earlier approvals of the batch are void.")

    return act(request, take, back="portal:payout_batch", batch_id=batch_id)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.PAYOUT_PREPARE)
def payout_report(request: MemberRequest, payout_id: UUID) -> HttpResponse:
    """Enter what the bank's records say about it."""
    require_host(request)
    found = _found(payout_id)
    form = OutcomeForm(request.POST or None, is_paid=found.state == PayoutState.CONFIRMED)
    if request.method == "POST" and form.is_valid():
        outcome = Outcome(
            is_paid=form.cleaned_data["outcome"] == OutcomeForm.PAID,
            bank_reference=form.cleaned_data["bank_reference"],
            reason=form.cleaned_data["reason"],
        )
        try:
            report_outcome(actor=request.actor, payout_id=payout_id, outcome=outcome, now=utc_now())
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("Entered. Somebody else has to confirm it before any money moves."))
            return redirect("portal:payout", payout_id=payout_id)
    status = 422 if form.errors else 200
    return render(request, "settlements/payouts/report.html", {"form": form, "payout": found}, status=status)


@require_POST
@member_view(Permission.PAYOUT_APPROVE)
def payout_report_decide(request: MemberRequest, report_id: UUID) -> HttpResponse:
    """Confirm or decline what somebody entered."""
    require_host(request)
    report = OutcomeReport.objects.filter(pk=report_id).first()
    if report is None:
        raise NotFoundError
    is_confirmed = request.POST.get("decision") == "confirm"

    def decide() -> str:
        decide_report(actor=request.actor, report_id=report_id, is_confirmed=is_confirmed, now=utc_now())
        return _("Confirmed. The books say so now.") if is_confirmed else _("Declined. No money has moved.")

    return act(request, decide, back="portal:payout", payout_id=report.payout_id)
