"""Invoices in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.invoices.models import Invoice, InvoiceSeries


@admin.register(Invoice)
class InvoiceConsole(ReadOnlyConsole):
    """Invoices and credit notes."""

    list_display: ClassVar = [
        "id",
        "number",
        "origin",
        "host",
        "organization",
        "currency",
        "net_minor",
        "vat_minor",
        "state",
        "issued_on",
    ]
    list_filter: ClassVar = ["origin", "state"]
    list_select_related: ClassVar = ["host", "organization"]
    id_search_fields: ClassVar = ["organization_id", "host_id", "statement_id"]


@admin.register(InvoiceSeries)
class InvoiceSeriesConsole(ReadOnlyConsole):
    """How far the numbers are."""

    list_display: ClassVar = ["id", "organization", "year", "last_number"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]
