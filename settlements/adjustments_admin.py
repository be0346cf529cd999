"""What moves money beside conversions, in the operator console: adjustments, proposals, restatements, reserves, reported revenue."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole
from alliance.kernel.money.amounts import format_minor
from settlements.models import Adjustment, ProposedAdjustment, ReportedRevenue, Reserve, Restatement


@admin.register(Adjustment)
class AdjustmentConsole(ReadOnlyConsole):
    """Corrections, fees, taxes, exchanges and whatever else changes a balance without a conversion."""

    list_display: ClassVar = ["id", "reference", "kind", "agreement", "organization", "amount", "effective_on"]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["agreement", "organization"]
    id_search_fields: ClassVar = ["agreement_id", "accrual_id"]

    @admin.display(description=_("amount"))
    def amount(self, row: Adjustment) -> str:
        """What the organization gains; below zero it loses."""
        return f"{format_minor(row.amount_minor, row.currency)} {row.currency}"


@admin.register(ProposedAdjustment)
class ProposedAdjustmentConsole(ReadOnlyConsole):
    """Adjustments that one person proposes and another decides."""

    list_display: ClassVar = ["id", "kind", "organization", "party", "amount", "state", "proposed_by", "proposed_at"]
    list_filter: ClassVar = ["state", "kind"]
    list_select_related: ClassVar = ["organization", "party"]
    id_search_fields: ClassVar = ["organization_id"]

    @admin.display(description=_("amount"))
    def amount(self, row: ProposedAdjustment) -> str:
        """What the party would gain; below zero it would lose."""
        return f"{format_minor(row.amount_minor, row.currency)} {row.currency}"


@admin.register(Restatement)
class RestatementConsole(ReadOnlyConsole):
    """Later versions of closed statements."""

    list_display: ClassVar = ["id", "statement", "version", "organization", "difference", "issued_at"]
    list_select_related: ClassVar = ["statement", "organization"]
    id_search_fields: ClassVar = ["statement_id"]

    @admin.display(description=_("difference"))
    def difference(self, row: Restatement) -> str:
        """What it says more than the version before."""
        return f"{format_minor(row.delta_minor, row.currency)} {row.currency}"


@admin.register(ReportedRevenue)
class ReportedRevenueConsole(ReadOnlyConsole):
    """Revenue that parties reported to be pooled."""

    list_display: ClassVar = ["id", "period", "organization", "revenue", "reported_by", "reported_at"]
    list_select_related: ClassVar = ["period", "organization"]
    id_search_fields: ClassVar = ["period_id"]

    @admin.display(description=_("revenue"))
    def revenue(self, row: ReportedRevenue) -> str:
        """What was reported."""
        return f"{format_minor(row.amount_minor, row.currency)} {row.currency}"


@admin.register(Reserve)
class ReserveConsole(ReadOnlyConsole):
    """What is kept back of a period's earnings."""

    list_display: ClassVar = ["id", "period", "organization", "kept_back", "left", "matures_on"]
    list_select_related: ClassVar = ["period", "organization"]
    id_search_fields: ClassVar = ["period_id"]

    @admin.display(description=_("kept back"))
    def kept_back(self, row: Reserve) -> str:
        """What was kept back in all."""
        return f"{format_minor(row.held_minor, row.currency)} {row.currency}"

    @admin.display(description=_("still kept back"))
    def left(self, row: Reserve) -> str:
        """What neither refunds used nor the day released."""
        return f"{format_minor(row.held_minor - row.used_minor - row.released_minor, row.currency)} {row.currency}"
