"""Where the organization is paid to."""

from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.models import BankAccount
from partners.onboarding.forms import BankForm
from partners.onboarding.selectors import AccountStanding, account_in_effect, standing_of
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.onboarding.services.decide_bank_account import decide_bank_account
from partners.portal.submission import is_done, status_of


@require_safe
@member_view(Permission.BANK_ACCOUNT_MANAGE)
def bank_account(request: MemberRequest) -> HttpResponse:
    """The account in effect, one that is to follow, and those of before."""
    now = utc_now()
    present = account_in_effect(now)
    accounts = list(BankAccount.objects.select_related("decision").order_by("-effective_at", "-id"))
    rows = [(account, standing_of(account, present, now)) for account in accounts]
    waiting = next((account for account, standing in rows if standing is AccountStanding.UNCONFIRMED), None)
    context = {
        "rows": rows,
        "waiting": waiting,
        "is_own": waiting is not None and waiting.created_by_id == request.actor.user_id,
    }
    return render(request, "partners/onboarding/bank_account.html", context)


@require_POST
@member_view(Permission.BANK_ACCOUNT_MANAGE)
def bank_account_decide(request: MemberRequest, bank_account_id: UUID) -> HttpResponse:
    """A second person confirms a changed account, or declines it."""
    if not BankAccount.objects.filter(pk=bank_account_id).exists():
        raise NotFoundError
    is_confirmed = request.POST.get("decision") == "confirm"
    try:
        decide_bank_account(actor=request.actor, account_id=bank_account_id, is_confirmed=is_confirmed, now=utc_now())
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(
            request,
            _("Confirmed. Money goes there from its day on.")
            if is_confirmed
            else _("Declined. Nothing is paid there."),
        )
    return redirect("portal:bank_account")


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.BANK_ACCOUNT_MANAGE)
def bank_account_change(request: MemberRequest) -> HttpResponse:
    """Enter another account; it takes effect after some days, in which everybody who may hears of it."""
    has_any = BankAccount.objects.exists()
    form = BankForm(request.POST or None)
    if request.method == "POST" and is_done(
        form, lambda: change_bank_account(actor=request.actor, details=form.details(), now=utc_now())
    ):
        messages.success(request, _("The bank account is saved."))
        return redirect("portal:bank_account")
    context = {"form": form, "has_any": has_any, "days": settings.BANK_ACCOUNT_COOLING_DAYS}
    return render(request, "partners/onboarding/bank_account_change.html", context, status=status_of(form))
