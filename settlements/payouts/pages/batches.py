"""Batches: preview and prepare, approve, send, cancel."""

from dataclasses import dataclass
from uuid import UUID

from django.contrib import messages
from django.db.models import F
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
from partners.selectors import agreements_of, organization_names
from settlements.payouts.forms import BatchFilter, PrepareForm
from settlements.payouts.gateways import gateway_named
from settlements.payouts.limits import approvals_needed
from settlements.payouts.models import BatchState, Payout, PayoutApproval, PayoutBatch, PayoutState
from settlements.payouts.pages.acting import act, require_host
from settlements.payouts.selectors import first_payments, payable_pots
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.cancel_batch import cancel_batch
from settlements.payouts.services.plan_payouts import PayoutPlan, plan_payouts
from settlements.payouts.services.prepare_batch import WantedBatch, prepare_batch
from settlements.payouts.services.send_batch import send_batch
from settlements.payouts.tables import BatchTable
from settlements.payouts.words import REASONS


@require_safe
@member_view(Permission.PAYOUT_PREPARE)
def payout_batches(request: MemberRequest) -> HttpResponse:
    """The host's batches."""
    require_host(request)
    form = BatchFilter(request.GET)
    rows = PayoutBatch.objects.filter(**form.given()).annotate(alliance_name=F("alliance__name"))
    table = paged(request, BatchTable(rows.order_by("-prepared_at", "-id")))
    context = {
        "form": form,
        "table": table,
        "is_empty": not table.page.object_list,
        "is_filtered": form.is_filtering,
    }
    return render(request, "settlements/payouts/batches.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.PAYOUT_PREPARE)
def payout_batch_new(request: MemberRequest) -> HttpResponse:
    """Who would be paid now, who would not and why; and the button that prepares the batch."""
    require_host(request)
    pots = payable_pots()
    form = PrepareForm(request.POST or None, pots=[(pot.value, pot.label) for pot in pots])
    chosen = next((pot for pot in pots if pot.value == request.GET.get("pot")), pots[0] if pots else None)
    if request.method == "POST" and form.is_valid():
        chosen = next(pot for pot in pots if pot.value == form.cleaned_data["pot"])
        wanted = WantedBatch(chosen.alliance_id, chosen.currency, form.cleaned_data["gateway"])
        try:
            batch_id = prepare_batch(actor=request.actor, wanted=wanted, now=utc_now())
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("Prepared. Somebody else has to approve it before any money moves."))
            return redirect("portal:payout_batch", batch_id=batch_id)
    context: dict[str, object] = {"form": form, "pots": pots, "chosen": chosen}
    if chosen is not None:
        plan = plan_payouts(alliance_id=chosen.alliance_id, currency=chosen.currency, now=utc_now())
        context |= _plan_context(plan, chosen.currency)
    return render(request, "settlements/payouts/batch_new.html", context, status=422 if form.errors else 200)


def _plan_context(plan: PayoutPlan, currency: str) -> dict[str, object]:
    owners = {one.organization_id for one in plan.payouts} | {one.organization_id for one in plan.not_paid}
    names = organization_names(owners)
    agreements = {agreement.id: agreement.name for agreement in agreements_of()}
    return {
        "currency": currency,
        "plan": plan,
        "needed": approvals_needed(plan.total_minor, currency),
        "payouts": [
            (names.get(one.organization_id, ""), one, [(agreements.get(p.agreement_id, ""), p) for p in one.parts])
            for one in plan.payouts
        ],
        "left": [
            LeftOutRow(
                names.get(one.organization_id, ""),
                agreements.get(one.agreement_id, "") if one.agreement_id else "",
                one.amount_minor,
                str(REASONS[one.reason]),
                one.statements,
            )
            for one in plan.not_paid
        ],
    }


@dataclass(frozen=True, slots=True)
class LeftOutRow:
    """Somebody who is not paid, in words. `statements` are those whose invoice it waits for."""

    partner: str
    agreement: str
    amount_minor: int
    reason: str
    statements: tuple[str, ...] = ()


@require_safe
@member_view(Permission.PAYOUT_PREPARE)
def payout_batch(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """One batch: its payments, its approvals, and what can be done next."""
    require_host(request)
    batch = PayoutBatch.objects.select_related("alliance").filter(pk=batch_id).first()
    if batch is None:
        raise NotFoundError
    gateway = gateway_named(batch.gateway)
    context = {
        "batch": batch,
        "gateway": gateway.label if gateway else batch.gateway,
        "payouts": _payouts(batch),
        "cancelled": Payout.objects.filter(batch=batch, state=PayoutState.CANCELLED)
        .select_related("organization")
        .order_by("reference"),
        "approvals": PayoutApproval.objects.filter(batch=batch).order_by("approved_at"),
        "left": _left_out(batch),
        **_acts(request, batch),
    }
    return render(request, "settlements/payouts/batch.html", context)


def _payouts(batch: PayoutBatch) -> list[tuple[Payout, bool]]:
    """Each with whether it would be the first to its account."""
    rows = Payout.objects.filter(batch=batch).select_related("organization").order_by("reference")
    if batch.state != BatchState.CANCELLED:
        rows = rows.exclude(state=PayoutState.CANCELLED)
    listed = list(rows)
    first = first_payments(listed)
    return [(payout, payout.id in first) for payout in listed]


def _left_out(batch: PayoutBatch) -> list[LeftOutRow]:
    names = organization_names(UUID(one["organization_id"]) for one in batch.left_out)
    agreements = {str(agreement.id): agreement.name for agreement in agreements_of()} if batch.left_out else {}
    return [
        LeftOutRow(
            names.get(UUID(one["organization_id"]), ""),
            agreements.get(one["agreement_id"] or "", ""),
            int(one["amount_minor"]),
            str(REASONS.get(one["reason"], one["reason"])),
            tuple(one.get("statements", ())),
        )
        for one in batch.left_out
    ]


def _acts(request: MemberRequest, batch: PayoutBatch) -> dict[str, object]:
    """What this member may do with the batch now."""
    user_id, approves = request.actor.user_id, request.actor.can(Permission.PAYOUT_APPROVE)
    is_own = batch.prepared_by_id is not None and batch.prepared_by_id == user_id
    valid = PayoutApproval.objects.filter(batch=batch, voided_at__isnull=True)
    has_approved = user_id is not None and valid.filter(approved_by_id=user_id).exists()
    return {
        "is_own": is_own,
        "has_approved": has_approved,
        "approval_count": valid.count(),
        "can_approve": batch.is_open and approves and not is_own and not has_approved,
        "can_file": batch.approved_at is not None and batch.state != BatchState.CANCELLED and approves,
        "can_send": batch.state == BatchState.APPROVED and approves,
        "can_cancel": batch.state in {BatchState.PREPARED, BatchState.APPROVED},
    }


@require_POST
@member_view(Permission.PAYOUT_APPROVE)
def payout_batch_approve(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Approve exactly what the page showed."""
    require_host(request)
    sha256 = request.POST.get("content_sha256", "")[:64]

    def approve() -> str:
        approved = approve_batch(actor=request.actor, batch_id=batch_id, content_sha256=sha256, now=utc_now())
        if approved.changed:
            for reference, reason in approved.changed:
                messages.warning(request, f"{reference}: {reason}")
            return _("Nothing was approved: these payouts were taken out. Look at what is left and approve it anew.")
        if approved.is_reserved:
            return _("Approved. The money is set aside; send the batch when you are ready.")
        return _("Approved. One more person has to approve it.")

    return act(request, approve, back="portal:payout_batch", batch_id=batch_id)


@require_POST
@member_view(Permission.PAYOUT_APPROVE)
def payout_batch_send(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Hand the payments over."""
    require_host(request)

    def send() -> str:
        send_batch(actor=request.actor, batch_id=batch_id, now=utc_now())
        return _("Sent. Each payment's page says what becomes of it.")

    return act(request, send, back="portal:payout_batch", batch_id=batch_id)


@require_POST
@member_view(Permission.PAYOUT_PREPARE)
def payout_batch_cancel(request: MemberRequest, batch_id: UUID) -> HttpResponse:
    """Call it off."""
    require_host(request)
    note = request.POST.get("note", "")[:2000]

    def cancel() -> str:
        cancel_batch(actor=request.actor, batch_id=batch_id, note=note, now=utc_now())
        return _("Cancelled. What was set aside is available again.")

    return act(request, cancel, back="portal:payout_batch", batch_id=batch_id)
