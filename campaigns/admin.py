"""Campaigns in the operator console: order files, imports, orders and conversions. Nothing here can be changed."""

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, money_column
from campaigns.models import Conversion, ImportMapping, Order, OrderFile, OrderImport, OrderLine

JOB_FIELDS = (
    "state",
    "done",
    "total",
    "attempts",
    "queued_at",
    "started_at",
    "finished_at",
    "error_code",
    "error_detail",
)


@admin.register(ImportMapping)
class ImportMappingConsole(ReadOnlyConsole):
    """Saved ways to read a file."""

    list_display: ClassVar = ["name", "organization", "updated_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["name__icontains"]
    id_search_fields: ClassVar = ["organization_id"]


@admin.register(OrderFile)
class OrderFileConsole(ReadOnlyConsole):
    """Uploaded files; their content stays with the organization."""

    list_display: ClassVar = ["name", "organization", "size_bytes", "uploaded_by", "uploaded_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["sha256__exact"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = ["id", "organization", "name", "size_bytes", "sha256", "layout", "uploaded_by", "uploaded_at"]


@admin.register(OrderImport)
class OrderImportConsole(ReadOnlyConsole):
    """Jobs that read files."""

    list_display: ClassVar = [
        "id",
        "organization",
        "order_file",
        "state",
        "done",
        "total",
        "queued_at",
        "finished_at",
        "error_code",
    ]
    list_filter: ClassVar = ["state"]
    list_select_related: ClassVar = ["organization", "order_file"]
    id_search_fields: ClassVar = ["organization_id", "order_file_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "order_file",
        "mapping",
        "tally",
        "problem",
        "created_by",
        *JOB_FIELDS,
    ]


class LinesInline(ReadOnlyInline):
    """The lines of the order."""

    model = OrderLine
    fields: ClassVar = ["position", "item", "description", "quantity", "unit_price", "amount_minor"]
    ordering: ClassVar = ["position"]
    show_change_link = False
    per_page = 100


@admin.register(Order)
class OrderConsole(ReadOnlyConsole):
    """Orders of the hosts' shops. Customers are not shown: operators have no need of them."""

    list_display: ClassVar = ["id", "reference", "organization", "kind", "occurred_at", "amount"]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "alliance_id", "order_import_id"]
    fields: ClassVar = [
        "id",
        "organization",
        "alliance",
        "reference",
        "kind",
        "occurred_at",
        "amount",
        "partner_code",
        "line_count",
        "content_sha256",
        "created_at",
    ]
    inlines: ClassVar = [LinesInline]

    amount = money_column("amount_minor", _("amount"))  # the sum of the lines


class UnmatchedFilter(admin.SimpleListFilter):
    """Whether an agreement pays for it."""

    title = _("agreement")
    parameter_name = "matched"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, Any]]:
        return [("no", _("Waiting for an agreement")), ("yes", _("Matched"))]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Conversion]) -> QuerySet[Conversion]:
        wanted = self.value()
        return queryset.filter(agreement__isnull=wanted == "no") if wanted in {"yes", "no"} else queryset


@admin.register(Conversion)
class ConversionConsole(ReadOnlyConsole):
    """What agreements pay for."""

    list_display: ClassVar = ["id", "reference", "host", "partner", "kind", "occurred_at", "amount", "match_issue"]
    list_filter: ClassVar = [UnmatchedFilter, "kind"]
    list_select_related: ClassVar = ["host", "partner"]
    id_search_fields: ClassVar = ["host_id", "partner_id", "order_id", "agreement_id"]

    amount = money_column("amount_minor", _("amount"))  # signed; refunds are negative
