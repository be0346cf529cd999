"""Pages of the account that this product answers differently from allauth."""

from typing import cast

from allauth.account.views import email as email_addresses
from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_http_methods

from alliance.kernel.errors import DomainError, NotPermittedError
from partners.access.proofs import is_own_sign_in


class OwnAddressesError(NotPermittedError):
    """An organization's word is not enough to change where a person's mail goes."""

    code = "own_sign_in_required"
    sentence = gettext_lazy(
        "You signed in through your organization. Your e-mail addresses are changed by you alone: with your own password "
        "or passkey."
    )


def own_sign_in_page(request: HttpRequest, refusal: DomainError) -> HttpResponse:
    """For one who came in by an organization's word where that is not enough: why, and the way to sign in otherwise."""
    return render(request, "partners/own_sign_in_needed.html", {"refusal": refusal}, status=refusal.status)


@require_http_methods(["GET", "HEAD", "POST"])
@login_required
def set_password(request: HttpRequest) -> HttpResponse:
    """A first password is set by a link in the mail: an organization that vouched for the person can't set it for them."""
    messages.info(request, _("You have no password yet. Ask for a link by mail, and set one with it."))
    return redirect("account_reset_password")


def email(request: HttpRequest) -> HttpResponse:
    """A person's addresses; who came in by an organization's word alone does not change them."""
    if request.user.is_authenticated and not is_own_sign_in(request):
        return own_sign_in_page(request, OwnAddressesError())
    return cast("HttpResponse", email_addresses(request))
