"""The world that browser tests walk through, and an example for every parameter in a route.

A new page is covered as soon as its route exists. When its route has a new kind of parameter, the test
says so, and an example is added here.
"""

from dataclasses import asdict, dataclass, field
from datetime import UTC, datetime
from uuid import UUID

from django.apps import apps
from django.contrib.auth import BACKEND_SESSION_KEY, HASH_SESSION_KEY, SESSION_KEY
from django.urls import URLPattern, URLResolver, get_resolver

from alliance.demo.applicants import SLUG
from alliance.demo.people import LOGINS
from alliance.demo.seed import seed
from alliance.demo.world import HOST
from alliance.kernel.ids import new_id
from alliance.kernel.tenancy import organization_scope
from partners.access.session_store import SessionStore
from partners.models import User
from tests.browser.bank_examples import bank_examples
from tests.browser.extras import build_extras
from tests.browser.item_examples import item_examples

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
    extras = (
        {name: str(value) for name, value in asdict(build_extras(now)).items()}
        | item_examples(now)
        | bank_examples(now)
    )
    User.objects.create_user(LOST_LOGIN, full_name="Nobody yet")
    addresses = [login.email for login in LOGINS] + [LOST_LOGIN]
    sessions = {address: _session_of(User.objects.get(email=address)) for address in addresses}
    with organization_scope(HOST.id):
        found = {name: str(_first(model)) for name, model in EXAMPLES.items()}
    found["domain_id"] = found["provider_id"] = str(new_id())  # nobody's: forms alone, and a refusal
    found["bank_account_id"] = found["hold_id"] = str(new_id())  # their routes take only what a form sends
    found["gateway"] = "sandbox"
    found["public_id"] = str(new_id())  # of nobody's session: its route takes only what a form sends
    return World(sessions, {**found, **extras, "slug": SLUG, "step": "company"})


def _first(label: str) -> UUID:
    """The first row of a model that the host sees."""
    row: UUID = apps.get_model(label).objects.order_by("pk").values_list("pk", flat=True)[0]
    return row


# A parameter's name, and whose first row stands for it; the rest comes from `extras`.
EXAMPLES: dict[str, str] = {
    "account_id": "settlements.Account",
    "application_id": "partners.PartnerApplication",
    "dispute_id": "settlements.LineDispute",
    "document_id": "partners.ApplicationDocument",
    "accrual_id": "settlements.Accrual",
    "adjustment_id": "settlements.Adjustment",
    "alliance_id": "partners.Alliance",
    "conversion_id": "campaigns.Conversion",
    "file_id": "campaigns.OrderFile",
    "import_id": "campaigns.OrderImport",
    "invoice_id": "settlements.Invoice",
    "item_id": "partners.Item",
    "journal_id": "settlements.Journal",
    "mapping_id": "campaigns.ImportMapping",
    "member_id": "partners.Member",
    "membership_id": "partners.AllianceMembership",
    "order_id": "campaigns.Order",
    "batch_id": "settlements.PayoutBatch",
    "payout_id": "settlements.Payout",
    "report_id": "settlements.OutcomeReport",
    "period_id": "settlements.Period",
    "rate_import_id": "settlements.RateImport",
    "statement_id": "settlements.Statement",
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
