"""Where the organization is paid to."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.models import BankAccount
from partners.onboarding.forms import BankForm
from partners.onboarding.selectors import account_in_effect
from partners.onboarding.services.change_bank_account import change_bank_account
from partners.onboarding.services.enter_bank_account import COOLING
from partners.portal.submission import is_done, status_of


@require_safe
@member_view(Permission.BANK_ACCOUNT_MANAGE)
def bank_account(request: MemberRequest) -> HttpResponse:
    """The account in effect, one that is to follow, and those of before."""
    now = utc_now()
    present = account_in_effect(now)
    accounts = list(BankAccount.objects.order_by("-effective_at", "-id"))
    rows = [
        (account, account.effective_at > now, present is not None and account.pk == present.pk) for account in accounts
    ]
    return render(request, "partners/onboarding/bank_account.html", {"rows": rows})


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
    context = {"form": form, "has_any": has_any, "days": COOLING.days}
    return render(request, "partners/onboarding/bank_account_change.html", context, status=status_of(form))
