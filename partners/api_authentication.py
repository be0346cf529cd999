"""Who calls the API: a secret key, or a signed-in member. Either yields the `Actor` that stands in `request.auth`."""

import logging
from datetime import datetime
from typing import Any, Final
from urllib.parse import unquote

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, ParseError, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from alliance.kernel.actor import Actor, ActorKind, permissions_within
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.http.network import client_network
from alliance.kernel.http.problems import current_request_id
from alliance.kernel.tenancy import organization_scope
from partners.access.admission import ViewingIsReadOnlyError, admit
from partners.keys.domain import PATTERN, KeyKind
from partners.keys.selectors import FoundApiKey, find_api_key
from partners.keys.services.note_exposed_key import note_exposed_key
from partners.keys.services.touch_api_key import touch_api_key

logger = logging.getLogger(__name__)

SCHEME: Final = "Bearer"


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <secret key>`. A key that is revoked or past its end opens nothing from that instant on.

    Every failure reads the same, but for a publishable key, whose holder should know that it is the wrong kind. A key in
    the address is refused whatever else the request holds, and its owners are shown that it was seen there.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor] | None:
        """The key's actor; `None` when no key was sent.

        Raises `AuthenticationFailed` for a key that doesn't work, `ParseError` for one in the address.
        """
        now = utc_now()
        _refuse_key_in_address(request, now)
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        found = find_api_key(secret.strip())
        if found is None or not found.is_usable_at(now):
            raise AuthenticationFailed(
                _("This API key does not work. It may be mistyped, expired or revoked."), "invalid_api_key"
            )
        if found.kind is not KeyKind.SECRET:
            raise AuthenticationFailed(
                _("A publishable key does not open the API. Use a secret key."), "publishable_key"
            )
        with organization_scope(found.organization_id):
            touch_api_key(api_key_id=found.id, now=now)
        return AnonymousUser(), _key_actor(found, request)

    def authenticate_header(self, request: Request) -> str:
        """What 401 answers ask for."""
        return f'{SCHEME} realm="api"'


class MemberSessionAuthentication(SessionAuthentication):
    """The portal's own session, for the organization chosen there. Writes need the CSRF token in `X-CSRFToken`."""

    def authenticate(self, request: Request) -> tuple[Any, Actor] | None:
        """The member's actor; `None` without a session.

        Raises `PermissionDenied` for a person in no organization, what the organization asks for and the session lacks,
        and `ViewingIsReadOnlyError`.
        """
        if (signed_in := super().authenticate(request)) is None:
            return None
        admission = admit(request._request)  # noqa: SLF001  DRF's own name for Django's request
        if admission.membership is None:
            raise PermissionDenied(_("You are not a member of any organization."), "no_organization")
        if admission.actor is None:
            raise admission.barrier or NotPermittedError()
        if admission.actor.is_read_only and request.method not in SAFE_METHODS:
            raise ViewingIsReadOnlyError
        return signed_in[0], admission.actor

    def enforce_csrf(self, request: Request) -> None:
        """Raise `PermissionDenied` with a code of its own when the token is missing or wrong."""
        try:
            super().enforce_csrf(request)
        except PermissionDenied as error:
            raise PermissionDenied(
                _("The CSRF token is missing or wrong; send it in X-CSRFToken."), "csrf_failed"
            ) from error


def _refuse_key_in_address(request: Request, now: datetime) -> None:
    """Addresses end in logs, histories and referrers: a key there is refused, working or not, and marked as seen."""
    seen = PATTERN.search(unquote(request._request.get_full_path()))  # noqa: SLF001  DRF's own name for Django's request
    if seen is None:
        return
    if (found := find_api_key(seen[0])) is not None:
        with organization_scope(found.organization_id):
            note_exposed_key(api_key_id=found.id, now=now)
        logger.warning("API key in an address", extra={"api_key_id": str(found.id)})
    raise ParseError(
        _(
            "A key must not stand in the address, where logs keep it. Send it in the Authorization header, and rotate this one."
        ),
        "key_in_address",
    )


def _key_actor(found: FoundApiKey, request: Request) -> Actor:
    return Actor(
        kind=ActorKind.API_KEY,
        organization_id=found.organization_id,
        actor_id=found.id,
        label=found.name,
        permissions=permissions_within(found.standing, found.permissions),
        ip_prefix=client_network(request._request),  # noqa: SLF001  DRF's own name for Django's request
        request_id=current_request_id(),
        standing=found.standing,
    )


class ApiKeyScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular's hook
    """How OpenAPI names the key."""

    target_class = ApiKeyAuthentication
    name = "apiKey"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """A bearer token."""
        return {"type": "http", "scheme": "bearer", "description": "A secret key made in the portal, `sk_…`."}


class MemberSessionScheme(OpenApiAuthenticationExtension):  # type: ignore[no-untyped-call]  # spectacular's hook
    """How OpenAPI names the portal's session."""

    target_class = MemberSessionAuthentication
    name = "memberSession"

    def get_security_definition(self, auto_schema: object) -> dict[str, str]:
        """The session cookie."""
        from django.conf import settings

        return {"type": "apiKey", "in": "cookie", "name": settings.SESSION_COOKIE_NAME}
