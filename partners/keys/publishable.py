"""The public edge's door for publishable keys: who calls, from which page, for what; and what browsers ask before.

    class ClicksView(PublishableView):
        required_scope = PublishableScope.EVENT_WRITE
        def post(self, request): …   # self.caller.organization_id

A view mounts it; nothing here reads an organization's data. The key comes in `Authorization: Bearer pk_…` or, where an
address must say it all (a script tag, a beacon), as `<str:publishable_key>` in the route: publishable keys are public.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import Any, ClassVar, Final
from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from rest_framework.request import Request
from rest_framework.views import APIView

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotPermittedError
from alliance.kernel.standing import require_open
from partners.keys.domain import KeyKind, PublishableScope
from partners.keys.selectors import find_api_key, is_publishable_origin

_PREFLIGHT_SECONDS: Final = "600"
_ALLOWED_HEADERS: Final = "authorization, content-type"


class PublishableKeyRefusedError(DomainError):
    """No key, or one that doesn't work."""

    code = "invalid_publishable_key"
    status = 401
    sentence = _("This publishable key does not work. It may be mistyped, expired or revoked.")


class OriginRefusedError(NotPermittedError):
    """The page is not one that the key names, or the request comes from no page."""

    code = "origin_not_allowed"
    sentence = _("This key does not work on this page. Add the page's origin to the key.")


class ScopeRefusedError(NotPermittedError):
    """The key opens something else."""

    code = "scope_not_allowed"
    sentence = _("This key does not open this.")


@dataclass(frozen=True, slots=True)
class PublishableCaller:
    """A page of an organization. It has no permission of any role; `scopes` is all it may do."""

    organization_id: UUID
    key_id: UUID
    origin: str
    scopes: frozenset[str]


def admit_publishable(*, key: str, origin: str, scope: PublishableScope, now: datetime) -> PublishableCaller:
    """Who calls with a publishable key from the page at `origin` (the browser's own header, never a parameter).

    Raises `PublishableKeyRefusedError` (a secret key too is none), `OriginRefusedError` for any other or no origin,
    `ScopeRefusedError`, and what a suspended organization is refused with. Nothing is cached: a revoked key and a removed
    origin end at once.
    """
    found = find_api_key(key)
    if found is None or found.kind is not KeyKind.PUBLISHABLE or not found.is_usable_at(now):
        raise PublishableKeyRefusedError
    require_open(found.standing)
    if origin not in found.origins:
        raise OriginRefusedError
    if scope not in found.scopes:
        raise ScopeRefusedError
    return PublishableCaller(found.organization_id, found.id, origin, found.scopes)


def preflight(*, origin: str, methods: tuple[str, ...], now: datetime) -> HttpResponse:
    """The answer to a browser's question: 204, and for an origin that a live key names, what it may send."""
    response = HttpResponse(status=204)
    if is_publishable_origin(origin, now=now):
        response["Access-Control-Allow-Origin"] = origin
        response["Access-Control-Allow-Methods"] = ", ".join(methods)
        response["Access-Control-Allow-Headers"] = _ALLOWED_HEADERS
        response["Access-Control-Max-Age"] = _PREFLIGHT_SECONDS
    patch_vary_headers(response, ["Origin"])
    return response


class PublishableView(APIView):
    """One address of the public edge. A handler runs with `self.caller` admitted for `required_scope`."""

    required_scope: ClassVar[PublishableScope]
    authentication_classes = []  # noqa: RUF012  DRF's attributes
    permission_classes = []  # noqa: RUF012
    metadata_class = None
    schema = None
    caller: PublishableCaller

    def options(  # type: ignore[override]  # DRF's stubs know no other response than its own
        self, request: HttpRequest, *args: object, **kwargs: object
    ) -> HttpResponseBase:
        """A preflight: it brings no key."""
        offered = tuple(method for method in ("GET", "POST") if hasattr(self, method.lower()))
        return preflight(origin=request.headers.get("Origin", ""), methods=offered, now=utc_now())

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Negotiate, then admit; before the handler may look anything up."""
        super().initial(request, *args, **kwargs)
        if request.method == "OPTIONS":
            return
        self.caller = admit_publishable(
            key=str(kwargs.get("publishable_key") or _bearer(request)),
            origin=request.headers.get("Origin", ""),
            scope=self.required_scope,
            now=utc_now(),
        )

    def finalize_response(self, request: Request, response: Any, *args: object, **kwargs: object) -> Any:
        """Say which origin may read the answer, and that answers differ by origin."""
        final = super().finalize_response(request, response, *args, **kwargs)
        if (caller := getattr(self, "caller", None)) is not None:
            final["Access-Control-Allow-Origin"] = caller.origin  # exactly this one; never *, never credentials
        patch_vary_headers(final, ["Origin"])
        return final


def _bearer(request: HttpRequest | Request) -> str:
    scheme, _space, key = request.headers.get("Authorization", "").partition(" ")
    return key.strip() if scheme.lower() == "bearer" else ""
