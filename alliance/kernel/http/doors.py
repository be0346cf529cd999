"""The portal's decorators. The middleware has opened the scope; these say who may pass."""

from collections.abc import Callable
from functools import update_wrapper
from typing import Concatenate, ParamSpec, cast

from django.contrib.auth.views import redirect_to_login
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.http.requests import MemberRequest, PortalRequest
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import require_open_for

P = ParamSpec("P")
MemberView = Callable[Concatenate[MemberRequest, P], HttpResponseBase]
DjangoView = Callable[Concatenate[HttpRequest, P], HttpResponseBase]


def member_view(permission: Permission) -> Callable[[MemberView[P]], DjangoView[P]]:
    """Let members with `permission` in.

    Strangers go to sign-in, people without an organization to the page that says so, and people of whom theirs asks
    more than they gave to the page that says what.

    Raises `NotPermittedError` (403) when the role does not reach this far, and `OrganizationSuspendedError` or
    `OrganizationOffboardedError` (403) when the organization may only read. The view must not stream rows: it runs
    inside the scope's transaction, which ends before a stream is read. A stored file may be sent.
    """

    def decorate(view: MemberView[P]) -> DjangoView[P]:
        def guarded(request: HttpRequest, /, *args: P.args, **kwargs: P.kwargs) -> HttpResponseBase:
            if not request.user.is_authenticated:
                return redirect_to_login(request.get_full_path())
            portal_request = cast("PortalRequest", request)
            if portal_request.actor is None:
                return redirect("portal:access" if portal_request.barrier else "portal:no_organization")
            if not portal_request.actor.can(permission):
                raise NotPermittedError
            require_open_for(portal_request.actor.standing, method=request.method)
            response = view(cast("MemberRequest", request), *args, **kwargs)
            if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
                message = f"{view.__name__} streams; its rows would be read outside the scope."
                raise TypeError(message)
            return response

        update_wrapper(guarded, view)
        guarded.required_permission = permission  # type: ignore[attr-defined]  # read by the permission matrix
        return guarded

    return decorate
