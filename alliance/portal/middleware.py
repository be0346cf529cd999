"""The portal's door: a signed-in member's request runs inside one organization's scope."""

from collections.abc import Callable
from typing import Final, cast

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.errors import DomainError
from alliance.kernel.http.requests import PortalRequest
from alliance.kernel.tenancy import atomic, organization_scope
from partners.access.admission import Admission, ViewingIsReadOnlyError, admit, is_viewing
from partners.access.steps import second_factor_step

NO_SCOPE_PREFIXES: Final = (
    "/join/",
    "/join-alliance/",
    "/sign-in/",
    "/admin/",
    "/api/",
    "/gateways/",
    "/static/",
    "/livez",
    "/readyz",
    "/metrics",
)
OPERATORS_OWN_PREFIXES: Final = (
    "/join/",
    "/join-alliance/",
    "/sign-in/",
    "/admin/",
    "/accounts/",
    "/sessions/",
)  # not the viewed member's
WAYS_OUT_OF_A_VIEW: Final = frozenset({"portal:viewing_end", "account_logout", "portal:set_language"})
READING: Final = frozenset({"GET", "HEAD", "OPTIONS"})


class OrganizationMiddleware:
    """Opens the scope of the organization chosen in the session, if it admits the person.

    A response of 500 or an exception rolls the scope's transaction back; anything else commits it. While an operator
    looks through a member's eyes nothing is written: not a form passes this door, and PostgreSQL refuses too.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        _enter(request, Admission())
        if request.path.startswith(OPERATORS_OWN_PREFIXES) and is_viewing(request) and not _leads_out(request):
            messages.warning(request, _("End the view before you go on with your own account."))
            return redirect("portal:home")
        if request.path.startswith(NO_SCOPE_PREFIXES):
            return self.get_response(request)
        admission = admit(request)
        _enter(request, admission)
        if admission.viewing is not None and request.method not in READING:
            return _translated(request, self._way_out(request))
        if admission.membership is None or admission.actor is None:
            return _translated(request, self.get_response(request))
        with organization_scope(admission.membership.organization.id, read_only=admission.actor.is_read_only):
            return _translated(request, self._undoing(request))

    def _way_out(self, request: HttpRequest) -> HttpResponse:
        """While nothing may be written: signing out, ending the view and changing the language, outside any scope."""
        return self.get_response(request) if _leads_out(request) else _Refused(ViewingIsReadOnlyError())

    def _undoing(self, request: HttpRequest) -> HttpResponse:
        """The response; a refusal or a server error undoes what the request wrote."""
        try:
            with atomic():
                return _kept(self.get_response(request))
        except _UndoneError as undone:
            return undone.response

    def process_exception(self, request: HttpRequest, error: Exception) -> HttpResponseBase | None:
        """Catch a refusal that no form caught; everything else is Django's to report."""
        if not isinstance(error, DomainError) or request.path.startswith(NO_SCOPE_PREFIXES):
            return None
        return _Refused(error)


def _enter(request: HttpRequest, admission: Admission) -> None:
    """Put on the request what the views and the shell ask for."""
    portal_request = cast("PortalRequest", request)
    portal_request.memberships, portal_request.membership = admission.memberships, admission.membership
    portal_request.actor, portal_request.barrier = admission.actor, admission.barrier
    portal_request.viewing = admission.viewing
    if admission.actor is not None and admission.membership is not None:
        request.organization = admission.membership.organization  # type: ignore[attr-defined]


def _leads_out(request: HttpRequest) -> bool:
    return any(request.path == reverse(name) for name in WAYS_OUT_OF_A_VIEW)


class _Refused(HttpResponse):
    """A refusal on its way out, before it has become a page."""

    def __init__(self, error: DomainError) -> None:
        super().__init__(status=error.status)
        self.error = error


class _UndoneError(Exception):
    def __init__(self, response: HttpResponse) -> None:
        self.response = response
        super().__init__()


def _kept(response: HttpResponse) -> HttpResponse:
    if isinstance(response, _Refused) or response.status_code >= 500:  # noqa: PLR2004  any server error
        raise _UndoneError(response)
    return response


def _translated(request: HttpRequest, response: HttpResponse) -> HttpResponse:
    """The portal's translator of domain errors: a page in the person's language, rendered after the rollback."""
    if not isinstance(response, _Refused):
        return response
    error = response.error
    if isinstance(error, SecondFactorRequiredError):
        context = {"refusal": error, "step": second_factor_step(request)}
        return render(request, "portal/second_factor_needed.html", context, status=error.status)
    template = {403: "403.html", 404: "404.html"}.get(error.status, "portal/refused.html")
    return render(request, template, {"refusal": error}, status=error.status)
