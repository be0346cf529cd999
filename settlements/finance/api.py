"""Operations of the API on what waits for finance, and on debts."""

from typing import Any

from drf_spectacular.utils import extend_schema
from rest_framework import serializers
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView
from alliance.kernel.http.serializers import NoParameters, StrictSerializer
from alliance.kernel.permissions import Permission
from partners.selectors import is_hosting
from settlements.api_shapes import MINOR
from settlements.finance.debts import Debt, debts
from settlements.finance.queues import Desk, finance_queues
from settlements.finance.standing import Standing, standings
from settlements.invoices.missing import Lack
from settlements.ledger.domain import AccountKind


class QueueAmountShape(serializers.Serializer[Any]):
    """Money of a queue in one currency."""

    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)


class FinanceQueueShape(serializers.Serializer[Any]):
    """One kind of work that waits."""

    name = serializers.CharField(
        help_text="`periods`, `revenue`, `suspense`, `proposals`, `excess`, `debts`, and others."
    )
    count = serializers.IntegerField()
    amounts = QueueAmountShape(many=True)


class DebtShape(serializers.Serializer[Any]):
    """What one party owes under one agreement, in all and by age in days on the agreement's clock."""

    organization_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    currency = serializers.CharField()
    amount_minor = serializers.IntegerField(help_text=MINOR)
    since = serializers.DateField(help_text="The day from which the oldest part has been owed.")
    days_0_30_minor = serializers.IntegerField(help_text=MINOR)
    days_31_60_minor = serializers.IntegerField(help_text=MINOR)
    days_61_90_minor = serializers.IntegerField(help_text=MINOR)
    days_over_90_minor = serializers.IntegerField(help_text=MINOR)


class ComingShape(serializers.Serializer[Any]):
    """Money that moves on a day."""

    kind = serializers.ChoiceField(
        choices=["close", "hold", "reserve"],
        help_text="`close`: an open period closes; `hold`: a hold ends; `reserve`: what was kept back matures.",
    )
    on = serializers.DateField()
    amount_minor = serializers.IntegerField(help_text=MINOR)


class PayoutConditionShape(serializers.Serializer[Any]):
    """From which amount on the terms pay, and what is missing."""

    threshold_minor = serializers.IntegerField(help_text=MINOR)
    compare = serializers.ChoiceField(choices=["at_least", "exceeds"])
    missing_minor = serializers.IntegerField(help_text=MINOR)
    schedule = serializers.CharField()


class WaitingStatementShape(serializers.Serializer[Any]):
    """A statement for whose invoice payouts wait by the terms."""

    statement_id = serializers.UUIDField(source="statement.id")
    statement_number = serializers.CharField(source="statement.number")
    lack = serializers.ChoiceField(
        choices=list(Lack),
        help_text="`missing`: there is no invoice; `objected`: it was objected to; `not_accepted`: the corrected one waits for "
        "its answer.",
    )
    invoice_id = serializers.UUIDField(source="invoice.id", default=None, allow_null=True, help_text="The latest.")


class StandingShape(serializers.Serializer[Any]):
    """Where one party stands under one agreement in one currency.

    `total = pending + available + reserved + in_transit - owed_back`; `disputed` is a part of `reserved`.
    """

    organization_id = serializers.UUIDField()
    agreement_id = serializers.UUIDField()
    currency = serializers.CharField()
    total_minor = serializers.IntegerField(help_text=MINOR)
    pending_minor = serializers.IntegerField(help_text=MINOR)
    available_minor = serializers.IntegerField(help_text=MINOR)
    reserved_minor = serializers.IntegerField(help_text=MINOR)
    disputed_minor = serializers.IntegerField(help_text=MINOR)
    in_transit_minor = serializers.IntegerField(help_text=MINOR)
    owed_back_minor = serializers.IntegerField(help_text=MINOR)
    advance_minor = serializers.IntegerField(help_text="What is still to be recouped. " + MINOR)
    coming = ComingShape(many=True)
    payout = PayoutConditionShape(allow_null=True)
    waiting_for_invoices = WaitingStatementShape(many=True, help_text="Nothing is paid while there is any.")


class BalanceFilters(StrictSerializer):
    """Whose balance: the caller's own, or of a host's partner."""

    organization_id = serializers.UUIDField(required=False)


class FinanceQueuesView(OrganizationAPIView):
    """What waits for a host's finance."""

    required_permissions = {"GET": Permission.PERIOD_CLOSE}

    @extend_schema(operation_id="list_finance_queues", tags=["finance"], responses=FinanceQueueShape(many=True))
    def get(self, request: Request) -> Response:
        """Every queue with its count and its money, empty ones too; the host's alone."""
        self.query(NoParameters)
        if not is_hosting():
            raise NotFoundError
        queues = finance_queues(Desk(self.actor, self.now))
        bodies = [{"name": name, "count": q.count, "amounts": q.amounts} for name, q in queues.items()]
        return Response(FinanceQueueShape(bodies, many=True).data)


class BalanceView(OrganizationAPIView):
    """What a partner has, and what changes it next."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(
        operation_id="get_balance", tags=["finance"], parameters=[BalanceFilters], responses=StandingShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """One entry for each agreement under which the organization is a partner, and each currency of it."""
        organization_id = self.query(BalanceFilters).get("organization_id", self.actor.organization_id)
        found = standings(organization_id=organization_id, now=self.now)
        return Response(StandingShape([_balance(standing) for standing in found], many=True).data)


def _balance(standing: Standing) -> dict[str, object]:
    amounts = {kind: part.amount_minor for kind, part in standing.parts.items()}
    payout = standing.payout
    return {
        "organization_id": standing.organization_id,
        "agreement_id": standing.agreement.id,
        "currency": standing.currency,
        "total_minor": standing.total_minor,
        "pending_minor": amounts[AccountKind.PENDING],
        "available_minor": amounts[AccountKind.AVAILABLE],
        "reserved_minor": amounts[AccountKind.RESERVE],
        "disputed_minor": standing.disputed_minor,
        "in_transit_minor": amounts[AccountKind.IN_TRANSIT],
        "owed_back_minor": amounts[AccountKind.RECEIVABLE],
        "advance_minor": amounts[AccountKind.ADVANCE],
        "coming": standing.coming,
        "payout": payout
        and {
            "threshold_minor": payout.threshold_minor,
            "compare": payout.rule.compare,
            "missing_minor": payout.missing_minor,
            "schedule": payout.rule.schedule,
        },
        "waiting_for_invoices": standing.waiting,
    }


class DebtsView(OrganizationAPIView):
    """Debts by age."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="list_debts", tags=["finance"], responses=DebtShape(many=True))
    def get(self, request: Request) -> Response:
        """What the caller owes, and what a host's partners owe; the oldest first."""
        self.query(NoParameters)
        return Response(DebtShape([_debt(debt) for debt in debts(now=self.now)], many=True).data)


def _debt(debt: Debt) -> dict[str, object]:
    young, middle, old, oldest = debt.by_age_minor
    return {
        "organization_id": debt.organization_id,
        "agreement_id": debt.agreement_id,
        "currency": debt.currency,
        "amount_minor": debt.amount_minor,
        "since": debt.since,
        "days_0_30_minor": young,
        "days_31_60_minor": middle,
        "days_61_90_minor": old,
        "days_over_90_minor": oldest,
    }
