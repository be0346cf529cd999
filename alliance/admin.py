"""The operator console: who may enter, what its home shows, and how its pages are grouped."""

from dataclasses import dataclass
from typing import Any

from django.conf import settings
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.templatetags.static import static
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from unfold.sites import UnfoldAdminSite

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.errors import NotPermittedError
from alliance.kernel.http.console import COUNTED_ROWS, ReadOnlyConsole, is_operator
from partners.access.account import own_sign_in_page
from partners.access.proofs import has_given_second_factor, is_own_sign_in
from partners.access.steps import second_factor_step

Text = str | Promise


class OperatorNeedsSecondFactorError(SecondFactorRequiredError):
    """The console sees every organization's rows: a password alone does not open it."""

    sentence = _(
        "The operator console opens with a second factor only. Set one up under Two-factor authentication in your "
        "account, or sign in with it again."
    )


class OperatorSignInError(NotPermittedError):
    """A customer's identity provider vouches for its members, and never for an operator."""

    code = "own_sign_in_required"
    sentence = _(
        "You signed in through an organization. The operator console opens to your own password or passkey only."
    )


class OperatorConsole(UnfoldAdminSite):  # type: ignore[misc]  # unfold has no types
    """Django's admin for operators. People sign in where everybody does, with a second factor."""

    site_title = _("Operator console")
    site_header = _("Partner Alliance")
    index_title = _("What needs attention")

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Take consoles only. The stock pages that other packages bring would write past the services."""
        if admin_class is not None and issubclass(admin_class, ReadOnlyConsole):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        return is_operator(request.user) and is_own_sign_in(request) and not _lacks_second_factor(request)

    def login(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Send strangers to the one sign-in page, operators to their second factor; to others the console does not exist."""
        if not request.user.is_authenticated:
            return redirect_to_login(_wanted(request), login_url=reverse("account_login"))
        if not is_operator(request.user):
            raise Http404
        if not is_own_sign_in(request):
            return own_sign_in_page(request, OperatorSignInError())
        if _lacks_second_factor(request):
            context = {"refusal": OperatorNeedsSecondFactorError(), "step": second_factor_step(request)}
            return render(request, "portal/second_factor_needed.html", context, status=403)
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


def _lacks_second_factor(request: HttpRequest) -> bool:
    return settings.OPERATORS_NEED_SECOND_FACTOR and not has_given_second_factor(request)


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


def _waiting(model: str, **conditions: object) -> int:
    from django.apps import apps

    rows = apps.get_model(model).objects.filter(**conditions)
    return int(rows.order_by()[:COUNTED_ROWS].values("pk").count())


def _changelist(model: str, query: str = "") -> str:
    address = reverse(f"admin:{model.replace('.', '_').lower()}_changelist")
    return f"{address}?{query}" if query else address


def queues() -> list[Queue]:
    """Every queue of the home page, with its present length."""
    return [
        _partner_applications(),
        _host_applications(),
        _parked_deliveries(),
        *_failed_jobs(),
        _discrepancies(),
        _suspense(),
        _open_invitations(),
    ]


def _parked_deliveries() -> Queue:
    return Queue(
        _("Parked deliveries"),
        _("Messages that failed five times; look at the error, then retry."),
        "local_shipping",
        _changelist("kernel.OutboxDelivery", "state__exact=parked"),
        _waiting("kernel.OutboxDelivery", state="parked"),
    )


def _partner_applications() -> Queue:
    """Oldest first they wait for their host; operators look when a host does not."""
    waiting = {"status__in": ["submitted", "in_review"]}
    return Queue(
        _("Partner applications"),
        _("Companies that apply to an alliance and wait for its host."),
        "how_to_reg",
        _changelist("partners.PartnerApplication", "status__exact=submitted"),
        _waiting("partners.PartnerApplication", **waiting),
    )


def _host_applications() -> Queue:
    return Queue(
        _("Host applications"),
        _("Companies that ask to host an alliance on this installation."),
        "inbox",
        _changelist("partners.HostApplication", "status__exact=pending"),
        _waiting("partners.HostApplication", status="pending"),
    )


def _failed_jobs() -> list[Queue]:
    jobs: list[tuple[str, Text, str]] = [
        ("campaigns.OrderImport", _("Failed imports"), "upload_file"),
        ("settlements.PeriodClose", _("Failed closes of periods"), "event_busy"),
        ("settlements.Export", _("Failed exports"), "file_download_off"),
    ]
    return [
        Queue(
            title,
            _("Jobs that gave up; the row says why."),
            icon,
            _changelist(model, "state__exact=failed"),
            _waiting(model, state="failed"),
        )
        for model, title, icon in jobs
    ]


def _discrepancies() -> Queue:
    return Queue(
        _("Discrepancies"),
        _("Figures of books that must be equal and are not: an error, or somebody with a superuser's login."),
        "difference",
        _changelist("settlements.Discrepancy", "resolved_at__isempty=1"),
        _waiting("settlements.Discrepancy", resolved_at__isnull=True),
    )


def _suspense() -> Queue:
    return Queue(
        _("Conversions in suspense"),
        _("Their partner is unknown, or no agreement was in force."),
        "help_center",
        _changelist("settlements.SuspenseItem", "waiting=yes"),
        _waiting("settlements.SuspenseItem", released_at__isnull=True),
    )


def _open_invitations() -> Queue:
    """Partner companies on the installation whose first owner has yet to come in."""
    return Queue(
        _("Partners without an owner"),
        _("Companies brought in by a host; nobody of theirs has signed in yet."),
        "person_alert",
        _changelist("partners.Organization", "owner=none"),
        _waiting("partners.Organization", members__isnull=True),
    )


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


def favicon(_request: HttpRequest) -> str:
    """The mark in the browser's tab."""
    return static("portal/mark.svg")


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
            Page(_("Partner applications"), "how_to_reg", "partners.PartnerApplication"),
            Page(_("Documents of applications"), "description", "partners.ApplicationDocument"),
            Page(_("Application pages"), "web", "partners.ApplicationPage"),
            Page(_("Host applications"), "inbox", "partners.HostApplication"),
            Page(_("Organizations"), "corporate_fare", "partners.Organization"),
            Page(_("Bank accounts"), "account_balance", "partners.BankAccount"),
            Page(_("Members"), "badge", "partners.Member"),
            Page(_("People"), "person", "partners.User"),
            Page(_("Domains"), "domain", "partners.MailDomain"),
            Page(_("Identity providers"), "login", "partners.IdentityProvider"),
        ],
    ),
    (
        _("Alliances"),
        [
            Page(_("Alliances"), "hub", "partners.Alliance"),
            Page(_("Agreements"), "handshake", "partners.Agreement"),
            Page(_("Versions of terms"), "contract", "partners.TermsVersion"),
        ],
    ),
    (
        _("Orders"),
        [
            Page(_("Imports"), "upload_file", "campaigns.OrderImport"),
            Page(_("Order files"), "draft", "campaigns.OrderFile"),
            Page(_("Import mappings"), "schema", "campaigns.ImportMapping"),
            Page(_("Orders"), "receipt_long", "campaigns.Order"),
            Page(_("Conversions"), "conversion_path", "campaigns.Conversion"),
        ],
    ),
    (
        _("Settlements"),
        [
            Page(_("Periods"), "calendar_month", "settlements.Period"),
            Page(_("Closes of periods"), "event_available", "settlements.PeriodClose"),
            Page(_("Accruals"), "functions", "settlements.Accrual"),
            Page(_("Suspense"), "help_center", "settlements.SuspenseItem"),
            Page(_("Adjustments"), "tune", "settlements.Adjustment"),
            Page(_("Statements"), "description", "settlements.Statement"),
            Page(_("Disputed lines"), "gavel", "settlements.LineDispute"),
            Page(_("Invoices"), "receipt", "settlements.Invoice"),
            Page(_("Payout batches"), "stacks", "settlements.PayoutBatch"),
            Page(_("Payouts"), "payments", "settlements.Payout"),
            Page(_("Bank entries"), "account_balance_wallet", "settlements.BankEntry"),
            Page(_("Exchange rates"), "currency_exchange", "settlements.ExchangeRate"),
            Page(_("Exports"), "download", "settlements.Export"),
        ],
    ),
    (
        _("Ledger"),
        [
            Page(_("Books"), "menu_book", "settlements.Book"),
            Page(_("Accounts"), "account_balance", "settlements.Account"),
            Page(_("Journals"), "list_alt", "settlements.Journal"),
            Page(_("Ledger periods"), "date_range", "settlements.LedgerPeriod"),
            Page(_("Seals"), "link", "settlements.Seal"),
            Page(_("Discrepancies"), "difference", "settlements.Discrepancy"),
        ],
    ),
    (
        _("Operations"),
        [
            Page(_("Deliveries"), "local_shipping", "kernel.OutboxDelivery"),
            Page(_("Messages"), "outbox", "kernel.OutboxMessage"),
            Page(_("Webhook endpoints"), "webhook", "partners.WebhookEndpoint"),
            Page(_("Webhook deliveries"), "send", "partners.WebhookDelivery"),
            Page(_("Scheduled runs"), "schedule", "kernel.ScheduledRun"),
            Page(_("Heartbeats"), "favorite", "kernel.WorkerHeartbeat"),
            Page(_("Audit trail"), "history", "kernel.AuditEvent"),
            Page(_("Views as a member"), "visibility", "partners.Viewing"),
            Page(_("Log of this console"), "manage_history", "admin.LogEntry"),
        ],
    ),
]
