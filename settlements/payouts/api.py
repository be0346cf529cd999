"""Operations of the API on payouts."""

from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response

from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.selectors import is_hosting
from settlements.payouts.api_shapes import (
    EXAMPLES,
    OutcomeDecisionInput,
    OutcomeReportShape,
    PayoutApprovalInput,
    PayoutApprovedShape,
    PayoutBatchDetailShape,
    PayoutBatchFilters,
    PayoutBatchInput,
    PayoutBatchShape,
    PayoutDetailShape,
    PayoutFilters,
    PayoutHoldInput,
    PayoutHoldShape,
    PayoutLimitChangeShape,
    PayoutLimitInput,
    PayoutLimitShape,
    PayoutNoteInput,
    PayoutOutcomeInput,
    PayoutShape,
)
from settlements.payouts.limits import limits_now
from settlements.payouts.models import OutcomeReport, Payout, PayoutBatch, PayoutHold, PayoutLimit
from settlements.payouts.services.approve_batch import approve_batch
from settlements.payouts.services.cancel_batch import cancel_batch
from settlements.payouts.services.decide_report import decide_report
from settlements.payouts.services.lift_hold import lift_hold
from settlements.payouts.services.place_hold import place_hold
from settlements.payouts.services.prepare_batch import WantedBatch, prepare_batch
from settlements.payouts.services.report_outcome import Outcome, report_outcome
from settlements.payouts.services.send_batch import send_batch
from settlements.payouts.services.set_payout_limit import set_payout_limit


class PayoutsView(OrganizationAPIView):
    """Payments."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_payouts", tags=["payouts"], parameters=[PayoutFilters], responses=PayoutShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Payouts, latest first: those to the caller, and for a host those to its partners."""
        return self.page(Payout.objects.filter(**self.query(PayoutFilters)), PayoutShape)


class PayoutView(OrganizationAPIView):
    """One payment."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_payout", tags=["payouts"], responses=PayoutDetailShape)
    def get(self, request: Request, payout_id: UUID) -> Response:
        """One payout with what it consists of and every step it took."""
        self.query(NoParameters)
        return Response(PayoutDetailShape(own(Payout.objects.prefetch_related("parts", "steps"), payout_id)).data)


class PayoutBatchesView(OrganizationAPIView):
    """The host's batches."""

    required_permissions = {"GET": Permission.PAYOUT_PREPARE, "POST": Permission.PAYOUT_PREPARE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_payout_batches",
        tags=["payouts"],
        parameters=[PayoutBatchFilters],
        responses=PayoutBatchShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Batches, latest first."""
        return self.page(PayoutBatch.objects.filter(**self.query(PayoutBatchFilters)), PayoutBatchShape)

    @extend_schema(
        operation_id="prepare_payout_batch",
        tags=["payouts"],
        request=PayoutBatchInput,
        responses={201: PayoutBatchDetailShape},
        examples=[EXAMPLES["batch"]],
    )
    def post(self, request: Request) -> Response:
        """Prepare payments to everybody who is payable now. People approve it; no money moves before that."""
        given = self.body(PayoutBatchInput)
        batch_id = prepare_batch(
            actor=self.actor,
            wanted=WantedBatch(
                given["alliance_id"], given["currency"], given["gateway"], agreement_ids=given.get("agreement_ids")
            ),
            now=self.now,
        )
        return Response(_batch_body(batch_id), status=status.HTTP_201_CREATED)


class PayoutBatchView(OrganizationAPIView):
    """One batch."""

    required_permissions = {"GET": Permission.PAYOUT_PREPARE}

    @extend_schema(operation_id="get_payout_batch", tags=["payouts"], responses=PayoutBatchDetailShape)
    def get(self, request: Request, batch_id: UUID) -> Response:
        """One batch with its payments, its approvals, and what was left out."""
        self.query(NoParameters)
        return Response(_batch_body(batch_id))


class PayoutBatchApprovalsView(OrganizationAPIView):
    """Approving a batch."""

    required_permissions = {"POST": Permission.PAYOUT_APPROVE}
    is_for_people = True

    @extend_schema(
        operation_id="approve_payout_batch",
        tags=["payouts"],
        request=PayoutApprovalInput,
        responses=PayoutApprovedShape,
        examples=[EXAMPLES["approval"]],
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Approve exactly this content. With the last approval needed the money is set aside."""
        given = self.body(PayoutApprovalInput)
        own(PayoutBatch.objects.all(), batch_id)
        approved = approve_batch(
            actor=self.actor, batch_id=batch_id, content_sha256=given["content_sha256"], now=self.now
        )
        changed = [{"reference": reference, "reason": reason} for reference, reason in approved.changed]
        body: dict[str, Any] = {
            "approvals": approved.count,
            "approvals_needed": approved.needed,
            "is_reserved": approved.is_reserved,
            "changed": changed,
        }
        return Response(PayoutApprovedShape(body).data)


class PayoutBatchSendsView(OrganizationAPIView):
    """Sending a batch."""

    required_permissions = {"POST": Permission.PAYOUT_APPROVE}
    is_for_people = True

    @extend_schema(
        operation_id="send_payout_batch", tags=["payouts"], request=None, responses={202: PayoutBatchDetailShape}
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Hand an approved batch to its gateway. This can't be called off."""
        own(PayoutBatch.objects.all(), batch_id)
        send_batch(actor=self.actor, batch_id=batch_id, now=self.now)
        return Response(_batch_body(batch_id), status=status.HTTP_202_ACCEPTED)


class PayoutBatchCancellationsView(OrganizationAPIView):
    """Cancelling a batch."""

    required_permissions = {"POST": Permission.PAYOUT_PREPARE}

    @extend_schema(
        operation_id="cancel_payout_batch",
        tags=["payouts"],
        request=PayoutNoteInput,
        responses=PayoutBatchDetailShape,
        examples=[EXAMPLES["note"]],
    )
    def post(self, request: Request, batch_id: UUID) -> Response:
        """Cancel a batch that nobody has sent. What was set aside is available again."""
        given = self.body(PayoutNoteInput)
        own(PayoutBatch.objects.all(), batch_id)
        cancel_batch(actor=self.actor, batch_id=batch_id, note=given["note"], now=self.now)
        return Response(_batch_body(batch_id))


class PayoutReportsView(OrganizationAPIView):
    """Outcomes that people enter."""

    required_permissions = {"POST": Permission.PAYOUT_PREPARE}
    is_for_people = True

    @extend_schema(
        operation_id="report_payout_outcome",
        tags=["payouts"],
        request=PayoutOutcomeInput,
        responses={201: OutcomeReportShape},
        examples=[EXAMPLES["outcome"]],
    )
    def post(self, request: Request, payout_id: UUID) -> Response:
        """Enter what the bank's records say. Nothing moves before somebody else has confirmed it."""
        given = self.body(PayoutOutcomeInput)
        own(Payout.objects.all(), payout_id)
        report_id = report_outcome(actor=self.actor, payout_id=payout_id, outcome=Outcome(**given), now=self.now)
        body = OutcomeReportShape(own(OutcomeReport.objects.all(), report_id)).data
        return Response(body, status=status.HTTP_201_CREATED)


class PayoutReportDecisionsView(OrganizationAPIView):
    """Deciding on an outcome that somebody entered."""

    required_permissions = {"POST": Permission.PAYOUT_APPROVE}
    is_for_people = True

    @extend_schema(
        operation_id="decide_payout_outcome",
        tags=["payouts"],
        request=OutcomeDecisionInput,
        responses=OutcomeReportShape,
        examples=[EXAMPLES["decision"]],
    )
    def post(self, request: Request, report_id: UUID) -> Response:
        """Confirm it, and the money moves; or decline it, and nothing does."""
        given = self.body(OutcomeDecisionInput)
        own(OutcomeReport.objects.all(), report_id)
        decide_report(actor=self.actor, report_id=report_id, is_confirmed=given["is_confirmed"], now=self.now)
        return Response(OutcomeReportShape(own(OutcomeReport.objects.all(), report_id)).data)


class PayoutHoldsView(OrganizationAPIView):
    """Holds on payouts."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.PAYOUT_PREPARE}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_payout_holds", tags=["payouts"], responses=PayoutHoldShape(many=True))
    def get(self, request: Request) -> Response:
        """Holds, latest first: the host's, or those on payouts to the caller."""
        self.query(NoParameters)
        return self.page(PayoutHold.objects.all(), PayoutHoldShape)

    @extend_schema(
        operation_id="place_payout_hold",
        tags=["payouts"],
        request=PayoutHoldInput,
        responses={201: PayoutHoldShape},
        examples=[EXAMPLES["hold"]],
    )
    def post(self, request: Request) -> Response:
        """Stop new payouts to a partner, who reads the reason."""
        hold_id = place_hold(actor=self.actor, now=self.now, **self.body(PayoutHoldInput))
        body = PayoutHoldShape(own(PayoutHold.objects.all(), hold_id)).data
        return Response(body, status=status.HTTP_201_CREATED)


class PayoutHoldLiftsView(OrganizationAPIView):
    """Lifting a hold."""

    required_permissions = {"POST": Permission.PAYOUT_APPROVE}
    is_for_people = True

    @extend_schema(operation_id="lift_payout_hold", tags=["payouts"], request=None, responses=PayoutHoldShape)
    def post(self, request: Request, hold_id: UUID) -> Response:
        """Let payouts to the partner go again."""
        own(PayoutHold.objects.all(), hold_id)
        lift_hold(actor=self.actor, hold_id=hold_id, now=self.now)
        return Response(PayoutHoldShape(own(PayoutHold.objects.all(), hold_id)).data)


class PayoutLimitsView(OrganizationAPIView):
    """Above which amounts batches need two approvals."""

    required_permissions = {"GET": Permission.PAYOUT_PREPARE}

    @extend_schema(operation_id="list_payout_limits", tags=["payouts"], responses=PayoutLimitShape(many=True))
    def get(self, request: Request) -> Response:
        """What holds now, by currency: the host's own limits, and else the installation's."""
        self.query(NoParameters)
        if not is_hosting():
            raise NotFoundError
        return Response(PayoutLimitShape(limits_now(), many=True).data)


class PayoutLimitChangesView(OrganizationAPIView):
    """Setting a limit."""

    required_permissions = {"POST": Permission.ORGANIZATION_MANAGE}
    is_for_people = True

    @extend_schema(
        operation_id="set_payout_limit",
        tags=["payouts"],
        request=PayoutLimitInput,
        responses={201: PayoutLimitChangeShape},
        examples=[EXAMPLES["limit"]],
    )
    def post(self, request: Request) -> Response:
        """Set the limit of one currency; for owners, in person.

        A lower one also asks for the second approval of every batch above it that is prepared and not wholly approved; a higher one
        takes back nothing that was asked for.
        """
        limit_id = set_payout_limit(actor=self.actor, now=self.now, **self.body(PayoutLimitInput))
        body = PayoutLimitChangeShape(own(PayoutLimit.objects.all(), limit_id)).data
        return Response(body, status=status.HTTP_201_CREATED)


def _batch_body(batch_id: UUID) -> dict[str, Any]:
    rows: QuerySet[PayoutBatch] = PayoutBatch.objects.prefetch_related("payouts", "approvals")
    return dict(PayoutBatchDetailShape(own(rows, batch_id)).data)
