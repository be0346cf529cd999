"""The sidebar, declared once. An entry shows when its route exists and the member's role reaches it."""

from dataclasses import dataclass
from typing import Final

from django.http import HttpRequest
from django.urls import NoReverseMatch, reverse
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from alliance.kernel.actor import Actor
from alliance.kernel.permissions import Permission


@dataclass(frozen=True, slots=True)
class Entry:
    """One place in the sidebar. `area` groups routes: the entry is current for every path that starts with its own."""

    label: Promise
    icon: str
    url_name: str
    permission: Permission
    host_only: bool = False
    partner_only: bool = False


@dataclass(frozen=True, slots=True)
class Section:
    """A group of entries under one heading; the first group has none."""

    label: Promise | str
    entries: tuple[Entry, ...]


@dataclass(frozen=True, slots=True)
class Link:
    """An entry made ready for one request."""

    label: Promise
    icon: str
    url: str
    is_current: bool


@dataclass(frozen=True, slots=True)
class Group:
    """The links of one section that this member sees."""

    label: Promise | str
    links: tuple[Link, ...]


SECTIONS: Final = (
    Section("", (Entry(_("Home"), "layout-dashboard", "portal:home", Permission.HOME_READ),)),
    Section(
        _("Alliance"),
        (
            Entry(_("Alliances"), "network", "portal:alliances", Permission.ALLIANCE_READ),
            Entry(_("Applications"), "inbox", "portal:applications", Permission.APPLICATION_REVIEW, host_only=True),
            Entry(
                _("My applications"),
                "file-pen-line",
                "portal:own_applications",
                Permission.APPLICATION_SUBMIT,
                partner_only=True,
            ),
            Entry(_("Agreements"), "handshake", "portal:agreements", Permission.AGREEMENT_READ),
        ),
    ),
    Section(
        _("Catalogue"),
        (
            Entry(_("Items"), "package", "portal:items", Permission.ITEM_READ),
            Entry(_("Items of partners"), "store", "portal:items_offered", Permission.ITEM_READ),
        ),
    ),
    Section(
        _("Sales"),
        (
            Entry(_("Order imports"), "file-up", "portal:imports", Permission.ORDER_READ, host_only=True),
            Entry(_("Orders"), "shopping-cart", "portal:orders", Permission.ORDER_READ, host_only=True),
            Entry(_("Conversions"), "arrow-left-right", "portal:conversions", Permission.ORDER_READ),
        ),
    ),
    Section(
        _("Settlement"),
        (
            Entry(_("Finance"), "list-checks", "portal:finance_home", Permission.PERIOD_CLOSE, host_only=True),
            Entry(_("Balance"), "wallet", "portal:balance", Permission.STATEMENT_READ),
            Entry(_("Accruals"), "coins", "portal:accruals", Permission.STATEMENT_READ),
            Entry(_("Suspense"), "circle-pause", "portal:suspense", Permission.STATEMENT_READ, host_only=True),
            Entry(_("Periods"), "calendar-check", "portal:periods", Permission.STATEMENT_READ),
            Entry(_("Statements"), "receipt-text", "portal:statements", Permission.STATEMENT_READ),
            Entry(_("Disputes"), "message-square-warning", "portal:disputes", Permission.STATEMENT_READ),
            Entry(_("Invoices"), "file-text", "portal:invoices", Permission.STATEMENT_READ),
            Entry(_("Adjustments"), "scale", "portal:adjustments", Permission.STATEMENT_READ),
            Entry(_("Debts"), "hourglass", "portal:debts", Permission.STATEMENT_READ),
            Entry(_("Exchange rates"), "arrow-right-left", "portal:rates", Permission.STATEMENT_READ, host_only=True),
            Entry(_("Payouts"), "banknote", "portal:payouts", Permission.STATEMENT_READ),
            Entry(_("Ledger"), "book-open-text", "portal:ledger", Permission.LEDGER_READ),
            Entry(_("Bank"), "landmark", "portal:bank_statements", Permission.BANK_RECONCILE, host_only=True),
            Entry(_("Exports"), "download", "portal:exports", Permission.EXPORT_CREATE),
        ),
    ),
    Section(
        _("Organization"),
        (
            Entry(_("Members"), "users", "portal:members", Permission.MEMBER_READ),
            Entry(_("Bank account"), "landmark", "portal:bank_account", Permission.BANK_ACCOUNT_MANAGE),
            Entry(_("Taxes"), "percent", "portal:tax_settings", Permission.STATEMENT_READ),
            Entry(_("API keys"), "key-round", "portal:api_keys", Permission.API_KEY_MANAGE),
            Entry(_("Webhooks"), "webhook", "portal:webhooks", Permission.WEBHOOK_MANAGE),
            Entry(_("Audit trail"), "history", "portal:audit", Permission.AUDIT_READ),
            Entry(_("Security"), "shield-check", "portal:security", Permission.ORGANIZATION_MANAGE),
            Entry(_("Settings"), "settings", "portal:organization", Permission.ORGANIZATION_MANAGE),
        ),
    ),
)


def _url(name: str) -> str | None:
    try:
        return reverse(name)
    except NoReverseMatch:
        return None


def _is_current(path: str, url: str) -> bool:
    return path == url if url in {"/", "/organization/"} else path.startswith(url)


def _link(entry: Entry, actor: Actor, *, path: str, is_host: bool) -> Link | None:
    if not actor.can(entry.permission) or (entry.host_only and not is_host) or (entry.partner_only and is_host):
        return None
    url = _url(entry.url_name)
    return Link(entry.label, entry.icon, url, _is_current(path, url)) if url else None


def groups_for(request: HttpRequest) -> list[Group]:
    """The groups of links that the acting member sees, current place marked; empty without an organization."""
    actor: Actor | None = getattr(request, "actor", None)
    membership = getattr(request, "membership", None)
    if actor is None or membership is None:
        return []
    groups = []
    for section in SECTIONS:
        found = (_link(e, actor, path=request.path, is_host=membership.organization.is_host) for e in section.entries)
        links = tuple(link for link in found if link)
        if links:
            groups.append(Group(section.label, links))
    return groups
