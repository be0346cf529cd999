"""Signing in through one's organization: the visitor's pages."""

import logging
from typing import Final, cast
from uuid import UUID

from allauth.account.utils import perform_login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import get_language, gettext_lazy
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotPermittedError
from alliance.kernel.http.network import client_address, client_network
from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY
from alliance.kernel.tenancy import organization_scope
from partners.access.proofs import record_single_sign_on
from partners.models import User
from partners.portal.submission import status_of
from partners.single_sign_on.domain import domain_of
from partners.single_sign_on.flow import Answer, begin, finish
from partners.single_sign_on.forms import CompanySignInForm
from partners.single_sign_on.selectors import find_sign_in_domain
from partners.single_sign_on.services.admit_person import Vouched, admit_person

TRIES_PER_MINUTE: Final = 20
_logger = logging.getLogger(__name__)


class SomebodyElseError(NotPermittedError):
    """This browser is signed in as another person."""

    code = "signed_in_as_somebody_else"
    sentence = gettext_lazy(
        "You are signed in as somebody else. Sign out first, then sign in through your organization."
    )


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def company_sign_in(request: HttpRequest) -> HttpResponse:
    """Ask for an address and lead to the identity provider that answers for its domain.

    The answer depends on the domain alone: nobody learns here who has a login.
    """
    form = CompanySignInForm(
        request.POST or None, initial={name: request.GET.get(name, "") for name in ("email", "next")}
    )
    if request.method != "POST" or not form.is_valid():
        return render(request, "partners/company_sign_in.html", {"form": form}, status=status_of(form))
    if _has_tried_too_often(request):
        form.add_error(None, _("Too many tries came from here. Wait a minute."))
        return render(request, "partners/company_sign_in.html", {"form": form}, status=429)
    found = find_sign_in_domain(domain_of(form.cleaned_data["email"]))
    if found is None:
        form.add_error("email", _("No organization signs in with this address here. Use your password or a passkey."))
        return render(request, "partners/company_sign_in.html", {"form": form}, status=status_of(form))
    address = form.cleaned_data["email"]
    try:
        onward = begin(request, found, address=address, leads_to=_own_address(request, form.cleaned_data["next"]))
    except DomainError as error:
        return _failed(request, error)
    return render(request, "partners/company_onward.html", {"onward": onward, "organization": found.organization_name})


@never_cache
@require_safe
def company_sign_in_answer(request: HttpRequest, provider_id: UUID) -> HttpResponseBase:
    """The browser comes back from the provider."""
    try:
        answer = finish(request, provider_id)
        user = _admitted(request, answer)
    except DomainError as error:
        return _failed(request, error)
    if request.user.is_authenticated:  # one who came in otherwise, and whom the organization asks for this too
        record_single_sign_on(request, user, answer.organization_id)
        request.session.cycle_key()
        request.session[ORGANIZATION_SESSION_KEY] = str(answer.organization_id)
        return redirect(answer.leads_to or "portal:home")
    record_single_sign_on(request, user, answer.organization_id)
    request.session[ORGANIZATION_SESSION_KEY] = str(answer.organization_id)
    return cast("HttpResponseBase", perform_login(request, user, redirect_url=answer.leads_to or None))


def _admitted(request: HttpRequest, answer: Answer) -> User:
    vouched = Vouched(
        answer.provider_id, answer.person, ip_prefix=client_network(request), language=get_language() or ""
    )
    with organization_scope(answer.organization_id):
        user_id = admit_person(organization_id=answer.organization_id, vouched=vouched, now=utc_now())
    if request.user.is_authenticated and request.user.pk != user_id:
        raise SomebodyElseError
    return User.objects.get(pk=user_id)


def _failed(request: HttpRequest, error: DomainError) -> HttpResponse:
    """Why it did not work, and the way to try again; what exactly was wrong is for the log alone."""
    _logger.warning("single_sign_on_failed", extra={"reason": error.code})
    return render(request, "partners/company_failed.html", {"refusal": error}, status=error.status)


def _own_address(request: HttpRequest, wanted: str) -> str:
    """Where to go afterwards, if it is a page of this site."""
    is_own = url_has_allowed_host_and_scheme(wanted, allowed_hosts=None, require_https=request.is_secure())
    return wanted if is_own and wanted.startswith("/") else ""


def _has_tried_too_often(request: HttpRequest) -> bool:
    key = f"partners.company_sign_in:{client_address(request)}"
    cache.add(key, 0, timeout=60)
    return int(cache.incr(key)) > TRIES_PER_MINUTE
