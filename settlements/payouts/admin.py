"""Payouts in the operator console. Operators look; the host's people act."""

from typing import ClassVar

from django.contrib import admin
from django.utils.translation import gettext_lazy as _

from alliance.kernel.http.console import ReadOnlyConsole, ReadOnlyInline, money_column
from settlements.payouts.models import (
    OutcomeReport,
    Payout,
    PayoutApproval,
    PayoutBatch,
    PayoutHold,
    PayoutLimit,
    PayoutPart,
    PayoutStep,
    UnclaimedNotice,
    UnclaimedRule,
)


class ApprovalInline(ReadOnlyInline):
    """Who approved which content."""

    model = PayoutApproval
    fields: ClassVar = ["approved_by", "approved_at", "content_sha256", "voided_at"]


class PartInline(ReadOnlyInline):
    """How much comes from which agreement."""

    model = PayoutPart
    fields: ClassVar = ["agreement", "statement", "gross_minor", "withheld_minor"]


class StepInline(ReadOnlyInline):
    """What happened to it."""

    model = PayoutStep
    fields: ClassVar = ["at", "kind", "detail"]


class ReportInline(ReadOnlyInline):
    """What people entered."""

    model = OutcomeReport
    fields: ClassVar = ["is_paid", "bank_reference", "reason", "state", "reported_by", "reported_at", "decided_by"]


@admin.register(PayoutBatch)
class PayoutBatchConsole(ReadOnlyConsole):
    """Batches with their approvals."""

    list_display: ClassVar = ["id", "reference", "organization", "state", "payout_count", "total", "prepared_at"]
    list_filter: ClassVar = ["state", "gateway"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id", "alliance_id"]
    inlines: ClassVar = [ApprovalInline]

    total = money_column("total_minor", _("total"))  # what leaves in all


@admin.register(Payout)
class PayoutConsole(ReadOnlyConsole):
    """Payments with their parts and their timeline."""

    list_display: ClassVar = ["id", "reference", "host", "organization", "state", "amount", "prepared_at"]
    list_filter: ClassVar = ["state", "gateway"]
    list_select_related: ClassVar = ["host", "organization"]
    search_fields: ClassVar = ["reference__startswith"]
    id_search_fields: ClassVar = ["host_id", "organization_id", "batch_id"]
    inlines: ClassVar = [PartInline, StepInline, ReportInline]

    amount = money_column("amount_minor", _("amount"))  # what is paid


@admin.register(PayoutHold)
class PayoutHoldConsole(ReadOnlyConsole):
    """Partners whose payouts are on hold."""

    list_display: ClassVar = ["id", "host", "organization", "reason", "placed_by", "placed_at", "lifted_at"]
    list_select_related: ClassVar = ["host", "organization"]
    id_search_fields: ClassVar = ["host_id"]


@admin.register(PayoutLimit)
class PayoutLimitConsole(ReadOnlyConsole):
    """Above which amounts hosts ask for two approvals."""

    list_display: ClassVar = ["id", "organization", "currency", "amount_minor", "set_at", "set_by"]
    list_filter: ClassVar = ["currency"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]


@admin.register(UnclaimedRule)
class UnclaimedRuleConsole(ReadOnlyConsole):
    """What hosts do with balances below the threshold."""

    list_display: ClassVar = ["id", "organization", "action", "months", "notice_days", "set_at", "set_by"]
    list_filter: ClassVar = ["action"]
    list_select_related: ClassVar = ["organization"]
    id_search_fields: ClassVar = ["organization_id"]


@admin.register(UnclaimedNotice)
class UnclaimedNoticeConsole(ReadOnlyConsole):
    """Which partners were told that a small balance will be set aside."""

    list_display: ClassVar = ["id", "host", "organization", "currency", "amount", "due_on", "state"]
    list_filter: ClassVar = ["state", "currency"]
    list_select_related: ClassVar = ["host", "organization"]
    id_search_fields: ClassVar = ["agreement_id", "proposal_id"]

    amount = money_column("amount_minor", _("amount"))  # what is to be set aside
