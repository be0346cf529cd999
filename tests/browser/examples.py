"""The world that browser tests walk through, and an example for every parameter in a route.

A new page is covered as soon as its route exists. When its route has a new kind of parameter, the test
says so, and an example is added here.
"""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.contrib.sessions.backends.db import SessionStore
from django.urls import URLPattern, URLResolver, get_resolver

from alliance.demo.people import LOGINS
from alliance.demo.seed import seed
from alliance.demo.world import HOST
from alliance.kernel.tenancy import organization_scope
from partners.models import User

HOST_LOGIN = "host@demo.example"
PARTNER_LOGIN = "fitness@demo.example"
VIEWER_LOGIN = "viewer@demo.example"
LOST_LOGIN = "nobody@demo.example"


@dataclass(frozen=True)
class World:
    """Session keys by login, and an example for each parameter of a route, as the host sees it."""

    sessions: dict[str, str]
    parameters: dict[str, str] = field(default_factory=dict)


def _session_of(user: User) -> str:
    session = SessionStore()
    session[SESSION_KEY] = str(user.pk)
    session[BACKEND_SESSION_KEY] = "allauth.account.auth_backends.AuthenticationBackend"
    session[HASH_SESSION_KEY] = user.get_session_auth_hash()
    session.create()
    return str(session.session_key)


def build_world() -> World:
    """The demo as it is seeded, sessions of its logins, and one person without any organization."""
    now = datetime.now(tz=UTC)
    seed(now=now)
    User.objects.create_user(LOST_LOGIN, full_name="Nobody yet")
    addresses = [login.email for login in LOGINS] + [LOST_LOGIN]
    sessions = {address: _session_of(User.objects.get(email=address)) for address in addresses}
    with organization_scope(HOST.id):
        parameters = {name: str(found) for name, find in EXAMPLES.items() if (found := find())}
    return World(sessions, parameters)


def _first(model: str) -> Callable[[], UUID | None]:
    def find() -> UUID | None:
        from django.apps import apps

        found: UUID | None = apps.get_model(model).objects.order_by("pk").values_list("pk", flat=True).first()
        return found

    return find


EXAMPLES: dict[str, Callable[[], UUID | None]] = {
    "agreement_id": _first("partners.Agreement"),
    "alliance_id": _first("partners.Alliance"),
}


@dataclass(frozen=True)
class Route:
    """One named page of the portal."""

    name: str
    parameters: tuple[str, ...]


def _routes(patterns: list[URLPattern | URLResolver], outer: tuple[str, ...] = ()) -> list[Route]:
    found: list[Route] = []
    for pattern in patterns:
        here = outer + tuple(pattern.pattern.converters)
        if isinstance(pattern, URLResolver):
            found += _routes(pattern.url_patterns, here)
        elif pattern.name:
            found.append(Route(f"portal:{pattern.name}", here))
    return found


def portal_routes() -> list[Route]:
    """Every named route of the portal, from the URLconf itself."""
    portal = next(r for r in get_resolver().url_patterns if getattr(r, "namespace", None) == "portal")
    return sorted(_routes(portal.url_patterns), key=lambda route: route.name)
