"""Discrepancies in the operator console."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole
from alliance.kernel.money import with_currency
from settlements.auditing.models import Discrepancy


@admin.register(Discrepancy)
class DiscrepancyConsole(ReadOnlyConsole):
    """What the auditor found: figures that must be equal and are not, or were not."""

    list_display: ClassVar = ["id", "kind", "label", "organization", "difference", "first_seen_at", "resolved_at"]
    list_filter: ClassVar = ["kind", ("resolved_at", admin.EmptyFieldListFilter)]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "alliance_id"]

    @admin.display(description=_("difference"))
    def difference(self, row: Discrepancy) -> str:
        """What was found, less what was expected: money, or a number of things."""
        if row.is_counted:
            return str(row.difference_minor)
        return with_currency(row.difference_minor, row.currency)
