"""Above which amounts the host's batches need a second approval."""

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
from alliance.kernel.money import parse_amount
from alliance.kernel.permissions import Permission
from settlements.payouts.forms import LimitForm
from settlements.payouts.limits import currencies, limits_now
from settlements.payouts.models import PayoutLimit
from settlements.payouts.pages.acting import require_host
from settlements.payouts.services.set_payout_limit import set_payout_limit

_SHOWN = 50


@require_safe
@member_view(Permission.PAYOUT_PREPARE)
def payout_limits(request: MemberRequest) -> HttpResponse:
    """The limits that hold, who set them when, and for owners the form that sets one."""
    require_host(request)
    return _shown(request, LimitForm(None, currencies=currencies()))


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def payout_limit_set(request: MemberRequest) -> HttpResponse:
    """Set the limit of one currency."""
    require_host(request)
    form = LimitForm(request.POST, currencies=currencies())
    if not form.is_valid():
        return _shown(request, form)
    currency, amount = form.cleaned_data["currency"], form.cleaned_data["amount"].strip()
    try:
        set_payout_limit(
            actor=request.actor,
            currency=currency,
            amount_minor=parse_amount(amount, currency) if amount else None,
            now=utc_now(),
        )
    except DomainError as error:
        add_form_error(form, error)
        return _shown(request, form)
    messages.success(request, _("Set. A lower limit counts for batches that wait for approval as well."))
    return redirect("portal:payout_limits")


def _shown(request: MemberRequest, form: LimitForm) -> HttpResponse:
    rows = list(PayoutLimit.objects.order_by("-set_at", "-id")[:_SHOWN])
    context = {
        "form": form,
        "limits": [(limit.currency, limit.amount_minor, limit.own) for limit in limits_now()],
        "history": rows,
        "can_set": request.actor.can(Permission.ORGANIZATION_MANAGE),
    }
    return render(request, "settlements/payouts/limits.html", context, status=422 if form.errors else 200)
