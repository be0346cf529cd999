"""Settlements in the operator console: the ledger, periods, accruals, statements and exports. Nothing here can be changed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, money_column
from alliance.kernel.money.amounts import format_minor, with_currency
from settlements import adjustments_admin
from settlements.answers import admin as answers_admin
from settlements.auditing import admin as auditing_admin
from settlements.banking import admin as banking_admin
from settlements.exchange import admin as exchange_admin
from settlements.invoices import admin as invoices_admin
from settlements.ledger.models import Account, Book, Journal, LedgerPeriod
from settlements.ledger.selectors import balance_at
from settlements.models import (
    Accrual,
    AccrualShare,
    Export,
    ExportSchedule,
    Period,
    PeriodClose,
    Statement,
    SuspenseItem,
)
from settlements.payouts import admin as payouts_admin
from settlements.proof import admin as proof_admin
from settlements.rates import admin as rates_admin
from settlements.taxes import admin as taxes_admin

__all__ = [
    "adjustments_admin",
    "answers_admin",
    "auditing_admin",
    "banking_admin",
    "exchange_admin",
    "invoices_admin",
    "payouts_admin",
    "proof_admin",
    "rates_admin",
    "taxes_admin",
]  # each registers its own consoles

SHOWN_LINES = 200


@admin.register(Book)
class BookConsole(ReadOnlyConsole):
    """Ledgers, one for each alliance."""

    list_display: ClassVar = ["id", "alliance", "host", "opened_at"]
    list_select_related: ClassVar = ["alliance", "host"]
    id_search_fields: ClassVar = ["alliance_id", "host_id"]


@admin.register(Account)
class AccountConsole(ReadOnlyConsole):
    """Accounts; the balance stands on the page of each, so that a list never sums millions of entries."""

    list_display: ClassVar = ["id", "kind", "currency", "organization", "agreement", "book_id"]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["organization", "agreement"]
    id_search_fields: ClassVar = ["organization_id", "agreement_id", "book_id"]
    fields: ClassVar = ["id", "book", "organization", "agreement", "kind", "currency", "opened_at", "balance"]

    @admin.display(description=_("balance"))
    def balance(self, account: Account) -> str:
        """The present balance, debit positive."""
        return with_currency(balance_at(account.id), account.currency)


@admin.register(Journal)
class JournalConsole(ReadOnlyConsole):
    """Balanced postings with their entries."""

    list_display: ClassVar = ["id", "kind", "key", "agreement_id", "effective_on", "posted_at"]
    id_search_fields: ClassVar = ["book_id", "reverses_id"]
    fields: ClassVar = [
        "id",
        "book",
        "agreement",
        "kind",
        "key",
        "effective_on",
        "occurred_at",
        "posted_at",
        "reverses",
        "entries",
    ]

    @admin.display(description=_("entries"))
    def entries(self, journal: Journal) -> SafeString:
        """Every leg, debit positive; they sum to zero."""
        entries = journal.entries.select_related("account__organization").order_by("line")
        rows = [(entry, with_currency(entry.amount_minor, entry.currency)) for entry in entries]
        return render_to_string("admin/settlements/entries.html", {"rows": rows})


@admin.register(LedgerPeriod)
class LedgerPeriodConsole(ReadOnlyConsole):
    """Days in which postings may fall."""

    list_display: ClassVar = ["id", "agreement", "starts_on", "ends_on", "status", "closed_at"]
    list_filter: ClassVar = ["status"]
    list_select_related: ClassVar = ["agreement"]
    id_search_fields: ClassVar = ["agreement_id", "book_id"]


class ClosesInline(ReadOnlyInline):
    """Jobs that closed it, or tried."""

    model = PeriodClose
    fields: ClassVar = ["state", "requested_by", "queued_at", "finished_at", "error_code"]


@admin.register(Period)
class PeriodConsole(ReadOnlyConsole):
    """Months of agreements."""

    list_display: ClassVar = ["id", "month", "agreement", "currency", "status", "closed_at"]
    list_filter: ClassVar = ["status"]
    list_select_related: ClassVar = ["agreement"]
    id_search_fields: ClassVar = ["agreement_id", "host_id"]
    inlines: ClassVar = [ClosesInline]


@admin.register(PeriodClose)
class PeriodCloseConsole(ReadOnlyConsole):
    """Jobs that close months."""

    list_display: ClassVar = [
        "id",
        "period_id",
        "organization",
        "state",
        "requested_by",
        "queued_at",
        "finished_at",
        "error_code",
    ]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["period_id", "organization_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "period",
        "requested_by",
        "state",
        "done",
        "total",
        "attempts",
        "queued_at",
        "started_at",
        "finished_at",
        "error_code",
        "error_detail",
    ]


class SharesInline(ReadOnlyInline):
    """Who earned what."""

    model = AccrualShare
    fields: ClassVar = ["organization", "share_minor", "currency", "effective_on"]
    show_change_link = False


@admin.register(Accrual)
class AccrualConsole(ReadOnlyConsole):
    """Conversions under their terms, with the explanation of each step."""

    list_display: ClassVar = ["id", "reference", "kind", "agreement_id", "occurred_at", "amount"]
    list_filter: ClassVar = ["kind", "section"]
    id_search_fields: ClassVar = ["conversion_id", "period_id"]
    inlines: ClassVar = [SharesInline]

    amount = money_column("base_minor", _("amount"))  # the base


class WaitingFilter(admin.SimpleListFilter):
    """Whether an agreement explains it by now."""

    title = _("waiting")
    parameter_name = "waiting"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("yes", _("Waiting")), ("no", _("Released"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[SuspenseItem]) -> QuerySet[SuspenseItem]:
        wanted = self.value()
        return queryset.filter(released_at__isnull=wanted == "yes") if wanted in {"yes", "no"} else queryset


@admin.register(SuspenseItem)
class SuspenseItemConsole(ReadOnlyConsole):
    """Conversions that no agreement explains yet."""

    list_display: ClassVar = [
        "id",
        "reference",
        "reason",
        "organization",
        "occurred_at",
        "amount",
        "held_at",
        "released_at",
    ]
    list_filter: ClassVar = [WaitingFilter, "reason"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["reference__exact"]
    id_search_fields: ClassVar = ["organization_id", "partner_id", "conversion_id"]

    amount = money_column("amount_minor", _("amount"))  # what stands on the suspense account


@admin.register(Statement)
class StatementConsole(ReadOnlyConsole):
    """Closed statements with their first lines."""

    list_display: ClassVar = ["id", "number", "organization", "month", "closing", "line_count", "closed_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["number__startswith"]
    id_search_fields: ClassVar = ["organization_id", "host_id", "agreement_id", "period_id"]
    fields: ClassVar = [
        "id",
        "number",
        "organization",
        "host",
        "agreement",
        "starts_on",
        "ends_on",
        "time_zone",
        "order_count",
        "refund_count",
        "opening",
        "share",
        "closing",
        "content_version",
        "engine_version",
        "event_count",
        "events_sha256",
        "adjustments_sha256",
        "carried",
        "lines_root",
        "chain_number",
        "chain_head",
        "content_sha256",
        "closed_at",
        "first_lines",
    ]

    opening = money_column("opening_minor", _("opening"))  # what was carried over

    share = money_column("share_minor", _("share"))  # the sum of the lines

    closing = money_column("closing_minor", _("closing"))  # what is carried on

    @admin.display(description=_("lines"))
    def first_lines(self, statement: Statement) -> SafeString:
        """The first lines; the whole is in the statement's exports."""
        lines = statement.lines.order_by("line_number")[:SHOWN_LINES]
        rows = [
            (line, format_minor(line.base_minor, line.currency), format_minor(line.share_minor, line.currency))
            for line in lines
        ]
        return render_to_string("admin/settlements/lines.html", {"rows": rows, "count": statement.line_count})


@admin.register(ExportSchedule)
class ExportScheduleConsole(ReadOnlyConsole):
    """Statements that become files by themselves."""

    list_display: ClassVar = ["id", "organization", "file_format", "since", "created_by", "stopped_at"]
    list_filter: ClassVar = ["file_format"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = ["id", "organization", "file_format", "since", "created_by", "stopped_at"]


@admin.register(Export)
class ExportConsole(ReadOnlyConsole):
    """Files made for download."""

    list_display: ClassVar = [
        "id",
        "file_name",
        "organization",
        "file_format",
        "state",
        "queued_at",
        "finished_at",
        "error_code",
    ]
    list_filter: ClassVar = ["state", "file_format"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "statement_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "file_name",
        "file_format",
        "sha256",
        "size_bytes",
        "requested_by",
        "expires_at",
        "state",
        "done",
        "total",
        "attempts",
        "queued_at",
        "started_at",
        "finished_at",
        "error_code",
        "error_detail",
    ]
