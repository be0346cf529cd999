"""Adjustments that people decide on: propose, approve, reject; and what was earned above caps."""

from collections.abc import Sequence
from uuid import UUID

import django_tables2 as tables
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.columns import CompiledColumn
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.lists import paged
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.money import parse_amount
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements.forms import ProposalForm, RestatementForm, Seat
from settlements.models import Accrual, AdjustmentKind, ProposedAdjustment, Statement
from settlements.services.approve_adjustment import approve_adjustment
from settlements.services.approve_excess import approve_excess, waiting_excess
from settlements.services.propose_adjustment import WantedAdjustment, propose_adjustment
from settlements.services.reject_adjustment import reject_adjustment
from settlements.tables import MONEY


class ProposalTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """Proposals, latest first."""

    proposed_at = CompiledColumn(
        '{% load portal %}<a href="{% url "portal:proposal" record.id %}">{% local_time record.proposed_at %}</a>',
        verbose_name=gettext_lazy("Proposed at"),
        orderable=False,
    )
    kind = CompiledColumn("{{ record.get_kind_display }}", verbose_name=gettext_lazy("Kind"), orderable=False)
    party = tables.Column(verbose_name=gettext_lazy("Party"), accessor="party__name", orderable=False)
    agreement = tables.Column(verbose_name=gettext_lazy("Agreement"), accessor="agreement__name", orderable=False)
    proposed_by = CompiledColumn(
        "{% load portal %}{{ record.proposed_by|who }}", verbose_name=gettext_lazy("By"), orderable=False
    )
    state = CompiledColumn("{{ record.get_state_display }}", verbose_name=gettext_lazy("Status"), orderable=False)
    amount_minor = CompiledColumn(
        "{% load money %}{{ record.amount_minor|money:record.currency }}",
        verbose_name=gettext_lazy("Amount"),
        attrs=MONEY,
        orderable=False,
    )

    class Meta:
        caption = gettext_lazy("Waits for approval")


class DecidedTable(ProposalTable):
    """Proposals that were approved or rejected."""

    class Meta:
        caption = gettext_lazy("Decided")


@require_safe
@member_view(Permission.ADJUSTMENT_PROPOSE)
def proposals(request: MemberRequest) -> HttpResponse:
    """What was proposed: what waits first, then what was decided."""
    _require_host(request)
    rows = ProposedAdjustment.objects.select_related("party", "agreement").order_by("-proposed_at", "-id")
    context = {
        "waiting": ProposalTable(rows.filter(state="waiting")),
        "waiting_count": rows.filter(state="waiting").count(),
        "table": paged(request, DecidedTable(rows.exclude(state="waiting"))),
        "excess_count": waiting_excess().count(),
        "seats": _seats(request),
    }
    return render(request, "settlements/proposals.html", context)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ADJUSTMENT_PROPOSE)
def proposal_new(request: MemberRequest) -> HttpResponse:
    """Propose a correction, a clawback, or a debt to write off."""
    _require_host(request)
    form = ProposalForm(request.POST or None, seats=_seats(request))
    if request.method == "POST" and form.is_valid():
        seat: Seat = form.seat
        try:
            proposal_id = propose_adjustment(
                actor=request.actor,
                wanted=WantedAdjustment(
                    kind=AdjustmentKind(form.cleaned_data["kind"]),
                    agreement_id=seat.agreement_id,
                    party_id=seat.party_id,
                    amount_minor=parse_amount(form.cleaned_data["amount"], seat.currency),
                    reason=form.cleaned_data["reason"],
                ),
                now=utc_now(),
            )
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("Proposed. Somebody else has to approve it before any money moves."))
            return redirect("portal:proposal", proposal_id=proposal_id)
    status = 422 if form.errors else 200
    context = {"form": form, "has_seats": bool(_seats(request))}
    return render(request, "settlements/proposal_new.html", context, status=status)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ADJUSTMENT_PROPOSE)
def restatement_new(request: MemberRequest, statement_id: UUID) -> HttpResponse:
    """Propose what a closed statement should have said besides: its next version."""
    statement = Statement.objects.filter(pk=statement_id).select_related("organization", "agreement").first()
    if (
        statement is None
        or statement.host_id != request.organization.id
        or statement.organization_id == statement.host_id
    ):
        raise NotFoundError
    form = RestatementForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            proposal_id = propose_adjustment(
                actor=request.actor,
                wanted=WantedAdjustment(
                    kind=AdjustmentKind.RESTATEMENT,
                    agreement_id=statement.agreement_id,
                    party_id=statement.organization_id,
                    amount_minor=parse_amount(form.cleaned_data["amount"], statement.currency),
                    reason=form.cleaned_data["reason"],
                    statement_id=statement.id,
                ),
                now=utc_now(),
            )
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("Proposed. Somebody else has to approve it before any money moves."))
            return redirect("portal:proposal", proposal_id=proposal_id)
    status = 422 if form.errors else 200
    return render(request, "settlements/restatement_new.html", {"form": form, "statement": statement}, status=status)


@require_safe
@member_view(Permission.ADJUSTMENT_PROPOSE)
def proposal(request: MemberRequest, proposal_id: UUID) -> HttpResponse:
    """One proposal, with what approving it will do."""
    _require_host(request)
    related = ("party", "agreement", "statement")
    found = ProposedAdjustment.objects.filter(pk=proposal_id).select_related(*related).first()
    if found is None:
        raise NotFoundError
    is_own = found.proposed_by_id is not None and found.proposed_by_id == request.actor.user_id
    context = {
        "proposal": found,
        "is_own": is_own,
        "can_approve": found.is_waiting and not is_own and request.actor.can(Permission.ADJUSTMENT_APPROVE),
    }
    return render(request, "settlements/proposal.html", context)


@require_POST
@member_view(Permission.ADJUSTMENT_APPROVE)
def proposal_approve(request: MemberRequest, proposal_id: UUID) -> HttpResponse:
    """Record it."""
    _require_host(request)
    try:
        adjustment_id = approve_adjustment(actor=request.actor, proposal_id=proposal_id, now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:proposal", proposal_id=proposal_id)
    messages.success(request, _("Approved. It stands on the next statement of both sides."))
    return redirect("portal:adjustment", adjustment_id=adjustment_id)


@require_POST
@member_view(Permission.ADJUSTMENT_PROPOSE)
def proposal_reject(request: MemberRequest, proposal_id: UUID) -> HttpResponse:
    """Decline it, or take it back."""
    _require_host(request)
    note = request.POST.get("note", "")[:2000]
    try:
        reject_adjustment(actor=request.actor, proposal_id=proposal_id, note=note, now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Rejected. No money has moved."))
    return redirect("portal:proposal", proposal_id=proposal_id)


@require_safe
@member_view(Permission.ADJUSTMENT_PROPOSE)
def excess(request: MemberRequest) -> HttpResponse:
    """Conversions that earned more than a cap lets through, and wait for somebody to approve the rest."""
    _require_host(request)
    rows = waiting_excess().select_related("agreement").order_by("-occurred_at", "-id")
    hidden = () if request.actor.can(Permission.ADJUSTMENT_APPROVE) else ("act",)
    table = paged(request, ExcessTable(rows, exclude=hidden))
    _say_amounts([row.record for row in table.page])
    return render(request, "settlements/excess.html", {"table": table})


class ExcessTable(tables.Table):  # type: ignore[misc]  # django-tables2 has no types
    """What waits above caps."""

    occurred_at = CompiledColumn(
        "{% load portal %}{% local_time record.occurred_at %}", verbose_name=gettext_lazy("Time"), orderable=False
    )
    reference = CompiledColumn(
        '<a href="{% url "portal:accrual_by_id" record.id %}">{{ record.reference }}</a>',
        verbose_name=gettext_lazy("Reference"),
        orderable=False,
    )
    agreement = tables.Column(verbose_name=gettext_lazy("Agreement"), accessor="agreement__name", orderable=False)
    party = CompiledColumn("{{ record.excess_parties }}", verbose_name=gettext_lazy("Party"), orderable=False)
    amount = CompiledColumn(
        "{% load money %}{{ record.excess_minor|money:record.currency }}",
        verbose_name=gettext_lazy("Above the cap"),
        attrs=MONEY,
        orderable=False,
    )
    act = CompiledColumn(
        template_name="settlements/excess_act.html", verbose_name=gettext_lazy("Decide"), orderable=False
    )

    class Meta:
        caption = gettext_lazy("Above caps")


def _say_amounts(rows: Sequence[Accrual]) -> None:
    """Put names and sums on the rows of one page."""
    waiting = {row.id: row.explanation["waiting"] for row in rows}
    names = organization_names(UUID(w["party"]) for found in waiting.values() for w in found)
    for row in rows:
        parties = {names.get(UUID(w["party"]), "") for w in waiting[row.id]}
        row.excess_parties = ", ".join(sorted(parties))  # type: ignore[attr-defined]  # for the page alone
        row.excess_minor = sum(w["amount_minor"] for w in waiting[row.id])  # type: ignore[attr-defined]


@require_POST
@member_view(Permission.ADJUSTMENT_APPROVE)
def excess_approve(request: MemberRequest, accrual_id: UUID) -> HttpResponse:
    """Give the party what exceeds the cap."""
    _require_host(request)
    try:
        approve_excess(actor=request.actor, accrual_id=accrual_id, now=utc_now())
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, _("Approved. It stands on the next statement of both sides."))
    return redirect("portal:excess")


def _seats(request: MemberRequest) -> list[Seat]:
    """Every partner under every signed agreement of the host's own alliances."""
    agreements = [a for a in agreements_of(signed_only=True) if a.host_id == request.organization.id]
    names = organization_names({party for agreement in agreements for party in agreement.party_ids})
    return [
        Seat(agreement.id, party, f"{agreement.name} · {names.get(party, '')}", agreement.currency)
        for agreement in agreements
        for party in agreement.party_ids
        if party != agreement.host_id
    ]


def _require_host(request: MemberRequest) -> None:
    """Partners have no such pages."""
    if not request.organization.is_host:
        raise NotFoundError
