"""Banking in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole, money_column
from settlements.banking.models import BankEntry, BankFile, BankImport, BankMatch, BankStatement


@admin.register(BankFile)
class BankFileConsole(ReadOnlyConsole):
    """Uploaded files; their content stays with the organization."""

    list_display: ClassVar = ["name", "organization", "size_bytes", "uploaded_by", "uploaded_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["sha256__exact"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = ["id", "organization", "alliance", "name", "size_bytes", "sha256", "uploaded_by", "uploaded_at"]


@admin.register(BankImport)
class BankImportConsole(ReadOnlyConsole):
    """Jobs that read bank files."""

    list_display: ClassVar = ["id", "organization", "state", "created_by", "queued_at", "problem", "error_code"]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "bank_file_id", "preview_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "bank_file",
        "preview",
        "created_by",
        "problem",
        "problem_where",
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


@admin.register(BankStatement)
class BankStatementConsole(ReadOnlyConsole):
    """Statements of hosts' accounts."""

    list_display: ClassVar = ["id", "reference", "organization", "masked", "currency", "starts_on", "ends_on"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "bank_import_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "reference",
        "masked",
        "currency",
        "starts_on",
        "ends_on",
        "entry_count",
        "known_count",
        "content_sha256",
        "imported_at",
        "imported_by",
    ]


@admin.register(BankEntry)
class BankEntryConsole(ReadOnlyConsole):
    """Movements on hosts' accounts."""

    list_display: ClassVar = ["id", "organization_id", "booked_on", "amount", "end_to_end_id", "bank_reference"]
    id_search_fields: ClassVar = ["organization_id", "statement_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "statement",
        "line",
        "booked_on",
        "valued_on",
        "amount",
        "end_to_end_id",
        "bank_reference",
        "name",
        "masked",
        "text",
        "return_reason",
    ]

    amount = money_column("amount_minor", _("amount"))  # money that came in is above 0


@admin.register(BankMatch)
class BankMatchConsole(ReadOnlyConsole):
    """What bank entries are taken for."""

    list_display: ClassVar = ["id", "organization", "kind", "basis", "amount", "state", "proposed_by", "decided_by"]
    list_filter: ClassVar = ["state", "kind"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "entry_id", "payout_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "entry",
        "kind",
        "basis",
        "payout",
        "agreement",
        "debtor",
        "amount",
        "difference_minor",
        "note",
        "state",
        "proposed_by",
        "proposed_at",
        "decided_by",
        "decided_at",
        "decision_note",
        "journal_ids",
    ]

    amount = money_column("amount_minor", _("amount"))  # money that came in is above 0
