"""The operator console: who may enter, what its home shows, and how its pages are grouped."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from alliance.kernel.http.console import COUNTED_ROWS, ReadOnlyConsole, is_operator

Text = str | Promise


class OperatorConsole(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """Django's admin for operators. People sign in where everybody does, with their second factor if they have one."""

    site_title = _("Operator console")
    site_header = _("Partner Alliance")
    index_title = _("What needs attention")
    enable_nav_sidebar = False

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take consoles only. The stock pages that other packages bring would write past the services."""
        if admin_class is not None and issubclass(admin_class, ReadOnlyConsole):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request.user)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the one sign-in page; to people who are no operators the console does not exist."""
        if not request.user.is_authenticated:
            return redirect_to_login(_wanted(request), login_url=reverse("account_login"))
        if not self.has_permission(request):
            raise Http404
        return redirect(_wanted(request))

    def logout(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """End the session by the one way of signing out."""
        return redirect("account_logout")

    def password_change(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Passwords change in the account pages, behind a fresh sign-in."""
        return redirect("account_change_password")

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """The home page: every queue with its length, each one click away."""
        shown: HttpResponse = super().index(request, {"queues": queues(), **(extra_context or {})})
        return shown


def _wanted(request: HttpRequest) -> str:
    """The console page asked for; nothing outside the console is ever a target."""
    wanted = request.GET.get("next", "")
    return wanted if wanted.startswith("/admin/") else reverse("admin:index")


@dataclass(frozen=True, slots=True)
class Queue:
    """Rows that wait for an operator. `size` stops at `COUNTED_ROWS`."""

    title: Text
    explanation: Text
    icon: str
    link: str
    size: int

    @property
    def is_long(self) -> bool:
        """Whether there are more rows than are counted."""
        return self.size >= COUNTED_ROWS


def queues() -> list[Queue]:
    """Every queue of the home page, with its present length."""
    return [build() for build in _QUEUES]


def _waiting(model: str, **conditions: object) -> int:
    from django.apps import apps

    rows = apps.get_model(model).objects.filter(**conditions)
    return int(rows.order_by()[:COUNTED_ROWS].values("pk").count())


def _changelist(model: str, query: str = "") -> str:
    address = reverse(f"admin:{model.replace('.', '_').lower()}_changelist")
    return f"{address}?{query}" if query else address


def _parked_deliveries() -> Queue:
    return Queue(
        _("Parked deliveries"),
        _("Messages that failed five times; look at the error, then retry."),
        "local_shipping",
        _changelist("kernel.OutboxDelivery", "state__exact=parked"),
        _waiting("kernel.OutboxDelivery", state="parked"),
    )


_QUEUES: list[Callable[[], Queue]] = [_parked_deliveries]


@dataclass(frozen=True, slots=True)
class Page:
    """One entry of the sidebar."""

    title: Text
    icon: str
    model: str


def sidebar(_request: HttpRequest) -> list[dict[str, Any]]:
    """The sidebar, grouped by what things are rather than by which package holds them."""
    home = {
        "title": "",
        "items": [{"title": _("What needs attention"), "icon": "home", "link": reverse("admin:index")}],
    }
    return [
        home,
        *({"title": title, "separator": True, "items": [_entry(p) for p in pages]} for title, pages in _SECTIONS),
    ]


def account_links(_request: HttpRequest) -> list[dict[str, Any]]:
    """Links of the operator's own menu: the account pages that everybody has."""
    return [
        {"title": _("Partner portal"), "link": reverse("portal:home")},
        {"title": _("Change password"), "link": reverse("account_change_password")},
        {"title": _("Two-factor authentication"), "link": reverse("mfa_index")},
    ]


def _entry(page: Page) -> dict[str, Any]:
    return {"title": page.title, "icon": page.icon, "link": _changelist(page.model)}


_SECTIONS: list[tuple[Text, list[Page]]] = [
    (
        _("Organizations"),
        [
            Page(_("Organizations"), "corporate_fare", "partners.Organization"),
            Page(_("Members"), "badge", "partners.Member"),
            Page(_("People"), "person", "partners.User"),
        ],
    ),
    (
        _("Alliances"),
        [
            Page(_("Alliances"), "hub", "partners.Alliance"),
            Page(_("Agreements"), "handshake", "partners.Agreement"),
        ],
    ),
    (
        _("Operations"),
        [
            Page(_("Deliveries"), "local_shipping", "kernel.OutboxDelivery"),
            Page(_("Audit trail"), "history", "kernel.AuditEvent"),
        ],
    ),
]
