"""Partners whose payouts are on hold."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.errors import add_form_error
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.selectors import hosted_alliances, partners_in
from settlements.payouts.forms import HoldForm
from settlements.payouts.models import PayoutHold
from settlements.payouts.pages.acting import act, require_host
from settlements.payouts.services.lift_hold import lift_hold
from settlements.payouts.services.place_hold import place_hold


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.PAYOUT_PREPARE)
def payout_holds(request: MemberRequest) -> HttpResponse:
    """Holds there are and were, and the form that places one."""
    require_host(request)
    form = HoldForm(request.POST or None, partners=_partners(request))
    if request.method == "POST" and form.is_valid():
        try:
            place_hold(
                actor=request.actor,
                organization_id=UUID(form.cleaned_data["organization"]),
                reason=form.cleaned_data["reason"],
                now=utc_now(),
            )
        except DomainError as error:
            add_form_error(form, error)
        else:
            messages.success(request, _("On hold. Nothing new is paid to this partner; what is on its way goes on."))
            return redirect("portal:payout_holds")
    holds = PayoutHold.objects.select_related("organization").order_by("-placed_at", "-id")
    context = {
        "form": form,
        "has_partners": bool(_partners(request)),
        "holds": holds.filter(lifted_at__isnull=True),
        "lifted": holds.filter(lifted_at__isnull=False)[:50],
        "can_lift": request.actor.can(Permission.PAYOUT_APPROVE),
    }
    return render(request, "settlements/payouts/holds.html", context, status=422 if form.errors else 200)


@require_POST
@member_view(Permission.PAYOUT_APPROVE)
def payout_hold_lift(request: MemberRequest, hold_id: UUID) -> HttpResponse:
    """Let payouts go again."""
    require_host(request)

    def lift() -> str:
        lift_hold(actor=request.actor, hold_id=hold_id, now=utc_now())
        return _("Lifted. The next batch pays what has gathered.")

    return act(request, lift, back="portal:payout_holds")


def _partners(request: MemberRequest) -> list[tuple[str, str]]:
    own = [alliance for alliance in hosted_alliances() if alliance.host_id == request.organization.id]
    found = {
        str(partner.organization_id): partner.name
        for alliance in own
        for partner in partners_in(alliance_id=alliance.id)
        if not partner.is_host
    }
    return sorted(found.items(), key=lambda pair: pair[1])
