"""Exchanges in the operator console. Nothing here can be changed."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from settlements.exchange.models import Exchange


@admin.register(Exchange)
class ExchangeConsole(ReadOnlyConsole):
    """What closes exchanged into other currencies."""

    list_display: ClassVar = [
        "id",
        "organization",
        "period_id",
        "from_minor",
        "from_currency",
        "to_minor",
        "to_currency",
    ]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["period_id", "adjustment_id"]
