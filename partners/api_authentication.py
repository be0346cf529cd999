"""Who calls the API: a secret key, or a signed-in member. Either yields the `Actor` that stands in `request.auth`."""

import hashlib
from typing import Any, Final

from django.contrib.auth.models import AnonymousUser
from django.utils.translation import gettext_lazy as _
from drf_spectacular.extensions import OpenApiAuthenticationExtension
from rest_framework.authentication import BaseAuthentication, SessionAuthentication
from rest_framework.exceptions import AuthenticationFailed, PermissionDenied
from rest_framework.permissions import SAFE_METHODS
from rest_framework.request import Request

from alliance.kernel.actor import Actor, ActorKind, permissions_within
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.http.network import client_network
from alliance.kernel.http.problems import current_request_id
from alliance.kernel.tenancy import organization_scope
from partners.access.admission import ViewingIsReadOnlyError, admit
from partners.selectors import FoundApiKey, find_api_key
from partners.services.touch_api_key import touch_api_key

SCHEME: Final = "Bearer"
LONGEST_KEY: Final = 200


class ApiKeyAuthentication(BaseAuthentication):
    """`Authorization: Bearer <secret key>`. A key that is revoked or past its end opens nothing from that instant on.

    The secret is looked up by its SHA-256, so neither the database nor a comparison's time tells anything
    about it. Every failure reads the same.
    """

    def authenticate(self, request: Request) -> tuple[AnonymousUser, Actor] | None:
        """The key's actor; `None` when no key was sent; raises `AuthenticationFailed` for one that doesn't work."""
        scheme, _space, secret = request.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != SCHEME.lower():
            return None
        now = utc_now()
        secret = secret.strip()
        found = (
            find_api_key(hashlib.sha256(secret.encode()).hexdigest()) if secret and len(secret) <= LONGEST_KEY else None
        )
        if found is None or not found.is_usable_at(now):
            raise AuthenticationFailed(
                _("This API key does not work. It may be mistyped, expired or revoked."), "invalid_api_key"
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
