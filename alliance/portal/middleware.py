"""The portal's door: a signed-in member's request runs inside one organization's scope."""

from collections.abc import Callable
from typing import cast
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render
from structlog.contextvars import get_contextvars

from alliance.kernel.actor import Actor, member_actor
from alliance.kernel.errors import DomainError
from alliance.kernel.http.network import client_network
from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY, MembershipBrief, PortalRequest
from alliance.kernel.tenancy import atomic, organization_scope
from partners.selectors import memberships_of

SESSION_KEY = ORGANIZATION_SESSION_KEY
NO_SCOPE_PREFIXES = ("/join/", "/admin/", "/api/", "/static/", "/livez", "/readyz", "/metrics")


class OrganizationMiddleware:
    """Opens the scope of the organization chosen in the session, if the person is a member of it.

    A response of 500 or an exception rolls the scope's transaction back; anything else commits it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        portal_request = cast("PortalRequest", request)
        portal_request.memberships, portal_request.membership, portal_request.actor = (), None, None
        if request.path.startswith(NO_SCOPE_PREFIXES):
            return self.get_response(request)
        if request.user.is_authenticated:
            portal_request.memberships = memberships_of(request.user.pk)
        membership = _chosen(portal_request)
        if membership is None:
            return _translated(request, self.get_response(request))
        portal_request.membership = membership
        portal_request.actor = _actor(portal_request, membership)
        request.organization = membership.organization  # type: ignore[attr-defined]
        with organization_scope(membership.organization.id):
            return _translated(request, self._undoing(request))

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
    template = {403: "403.html", 404: "404.html"}.get(response.error.status, "portal/refused.html")
    return render(request, template, {"refusal": response.error}, status=response.error.status)


def _chosen(request: PortalRequest) -> MembershipBrief | None:
    wanted = request.session.get(SESSION_KEY)
    for membership in request.memberships:
        if str(membership.organization.id) == wanted:
            return membership
    return request.memberships[0] if request.memberships else None


def _actor(request: PortalRequest, membership: MembershipBrief) -> Actor:
    user = request.user
    return member_actor(
        user_id=cast("UUID", user.pk),
        organization_id=membership.organization.id,
        role=membership.role,
        label=str(user),
        ip_prefix=client_network(request),
        request_id=str(get_contextvars().get("request_id", "")),
        standing=membership.organization.status,
    )
