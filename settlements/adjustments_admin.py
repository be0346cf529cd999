"""What moves money beside conversions, in the operator console: adjustments, proposals, restatements, reserves, reported revenue."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole, money_column
from settlements.models import Adjustment, ProposedAdjustment, ReportedRevenue, Reserve, Restatement


@admin.register(Adjustment)
class AdjustmentConsole(ReadOnlyConsole):
    """Corrections, fees, taxes, exchanges and whatever else changes a balance without a conversion."""

    list_display: ClassVar = ["id", "reference", "kind", "agreement", "organization", "amount", "effective_on"]
    list_filter: ClassVar = ["kind"]
    list_select_related: ClassVar = ["agreement", "organization"]
    id_search_fields: ClassVar = ["agreement_id", "accrual_id"]

    amount = money_column("amount_minor", _("amount"))  # what the organization gains; below zero it loses


@admin.register(ProposedAdjustment)
class ProposedAdjustmentConsole(ReadOnlyConsole):
    """Adjustments that one person proposes and another decides."""

    list_display: ClassVar = ["id", "kind", "organization", "party", "amount", "state", "proposed_by", "proposed_at"]
    list_filter: ClassVar = ["state", "kind"]
    list_select_related: ClassVar = ["organization", "party"]
    id_search_fields: ClassVar = ["organization_id"]

    amount = money_column("amount_minor", _("amount"))  # what the party would gain; below zero it would lose


@admin.register(Restatement)
class RestatementConsole(ReadOnlyConsole):
    """Later versions of closed statements."""

    list_display: ClassVar = ["id", "statement", "version", "organization", "difference", "issued_at"]
    list_select_related: ClassVar = ["statement", "organization"]
    id_search_fields: ClassVar = ["statement_id"]

    difference = money_column("delta_minor", _("difference"))  # what it says more than the version before


@admin.register(ReportedRevenue)
class ReportedRevenueConsole(ReadOnlyConsole):
    """Revenue that parties reported to be pooled."""

    list_display: ClassVar = ["id", "period", "organization", "revenue", "reported_by", "reported_at"]
    list_select_related: ClassVar = ["period", "organization"]
    id_search_fields: ClassVar = ["period_id"]

    revenue = money_column("amount_minor", _("revenue"))  # what was reported


@admin.register(Reserve)
class ReserveConsole(ReadOnlyConsole):
    """What is kept back of a period's earnings."""

    list_display: ClassVar = ["id", "period", "organization", "kept_back", "left", "matures_on"]
    list_select_related: ClassVar = ["period", "organization"]
    id_search_fields: ClassVar = ["period_id"]

    kept_back = money_column("held_minor", _("kept back"))  # what was kept back in all

    left = money_column("left_minor", _("still kept back"))  # what neither refunds used nor the day released
