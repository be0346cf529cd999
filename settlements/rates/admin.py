"""Exchange rates in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.rates.models import ExchangeRate, RateImport


@admin.register(ExchangeRate)
class ExchangeRateConsole(ReadOnlyConsole):
    """Stored rates."""

    list_display: ClassVar = ["id", "organization", "source", "base", "quote", "rate", "valid_on", "revision"]
    list_filter: ClassVar = ["source"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "rate_import_id"]


@admin.register(RateImport)
class RateImportConsole(ReadOnlyConsole):
    """Files and calls that brought rates."""

    list_display: ClassVar = ["id", "organization", "source", "file_format", "state", "rate_count", "uploaded_at"]
    list_filter: ClassVar = ["state", "file_format"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]
