"""Balances that stay below the threshold: the host's rule, what it lets be set aside, and what was."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import agreements_of, organization_names
from settlements.payouts.forms import UnclaimedRuleForm
from settlements.payouts.models import NoticeState, UnclaimedAction, UnclaimedNotice, UnclaimedRule
from settlements.payouts.pages.acting import act, require_host
from settlements.payouts.services.announce_unclaimed import NotUnclaimedError, announce_unclaimed
from settlements.payouts.services.propose_reclaim import propose_reclaim
from settlements.payouts.services.set_unclaimed_rule import set_unclaimed_rule
from settlements.payouts.unclaimed import set_aside, unclaimed_balances, unclaimed_rule

_SHOWN = 50


@require_safe
@member_view(Permission.ADJUSTMENT_PROPOSE)
def unclaimed(request: MemberRequest) -> HttpResponse:
    """The rule, the balances it concerns now, who was told, and what was set aside."""
    require_host(request)
    return _shown(request, UnclaimedRuleForm(None, initial=_present()))


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def unclaimed_rule_set(request: MemberRequest) -> HttpResponse:
    """Set the rule."""
    require_host(request)
    form = UnclaimedRuleForm(request.POST)
    if not form.is_valid():
        return _shown(request, form)
    try:
        set_unclaimed_rule(
            actor=request.actor,
            action=UnclaimedAction(form.cleaned_data["action"]),
            months=form.cleaned_data["months"],
            notice_days=form.cleaned_data["notice_days"],
            now=utc_now(),
        )
    except DomainError as error:
        add_form_error(form, error)
        return _shown(request, form)
    messages.success(request, _("Set. What was announced already goes on as it was announced."))
    return redirect("portal:unclaimed")


@require_POST
@member_view(Permission.ADJUSTMENT_PROPOSE)
def unclaimed_announce(request: MemberRequest) -> HttpResponse:
    """Tell one partner, and propose to set its balance aside."""
    require_host(request)

    def announce() -> str:
        try:
            place = UUID(request.POST.get("agreement", "")), UUID(request.POST.get("partner", ""))
        except ValueError as error:
            raise NotUnclaimedError from error
        announce_unclaimed(actor=request.actor, agreement_id=place[0], organization_id=place[1], now=utc_now())
        return _("The partner is told. Somebody else can set the balance aside once the notice is over.")

    return act(request, announce, back="portal:unclaimed")


@require_POST
@member_view(Permission.ADJUSTMENT_PROPOSE)
def unclaimed_reclaim(request: MemberRequest, adjustment_id: UUID) -> HttpResponse:
    """Propose to give back what was set aside."""
    require_host(request)

    def reclaim() -> str:
        reason = request.POST.get("reason", "")[:2000]
        propose_reclaim(actor=request.actor, adjustment_id=adjustment_id, reason=reason, now=utc_now())
        return _("Proposed. Somebody else has to approve it before any money moves.")

    return act(request, reclaim, back="portal:unclaimed")


def _present() -> dict[str, object]:
    """What the form begins with: the rule that holds."""
    rule = unclaimed_rule()
    return {"action": rule.action, "months": rule.months, "notice_days": rule.notice_days} if rule else {}


def _shown(request: MemberRequest, form: UnclaimedRuleForm) -> HttpResponse:
    rule, now = unclaimed_rule(), utc_now()
    notices = UnclaimedNotice.objects.select_related("organization", "agreement").order_by("-noticed_on", "-id")
    running = list(notices.filter(state=NoticeState.RUNNING))
    told = {(one.agreement_id, one.organization_id) for one in running}
    found = []
    if rule is not None and rule.action == UnclaimedAction.ESCHEAT and rule.months is not None:
        found = unclaimed_balances(months=rule.months, host_id=request.organization.id, now=now)
    names = organization_names({one.organization_id for one in found})
    agreements = {agreement.id: agreement.name for agreement in agreements_of()}
    context = {
        "form": form,
        "rule": rule,
        "found": [
            (one, names.get(one.organization_id, ""), agreements.get(one.agreement_id, ""))
            for one in found
            if (one.agreement_id, one.organization_id) not in told
        ],
        "running": running,
        "withdrawn": notices.filter(state=NoticeState.WITHDRAWN)[:_SHOWN],
        "set_aside": set_aside()[:_SHOWN],
        "history": UnclaimedRule.objects.order_by("-set_at", "-id")[:_SHOWN],
        "can_set": request.actor.can(Permission.ORGANIZATION_MANAGE),
    }
    return render(request, "settlements/payouts/unclaimed.html", context, status=422 if form.errors else 200)
