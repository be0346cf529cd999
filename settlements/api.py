"""Operations of the API on periods, accruals and statements."""

from dataclasses import asdict
from datetime import date
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import LinePagination, TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.agreements.services.add_version import ImpossibleTermsError
from partners.domain.proposal import read_whole
from partners.domain.terms import TermsError
from partners.selectors import agreements_of, is_hosting, organization_names
from partners.sentences import Wording
from partners.sentences.explanation import told
from settlements.adjustment_sentences import sentence_of
from settlements.api_examples import SIMULATION_EXAMPLES
from settlements.api_shapes import (
    AccrualDetailShape,
    AccrualFilters,
    AccrualShape,
    AdjustmentDetailShape,
    AdjustmentFilters,
    AdjustmentShape,
    PeriodCloseInput,
    PeriodCloseShape,
    PeriodFilters,
    PeriodShape,
    RevenueInput,
    RevenueShape,
    SimulationInput,
    SimulationShape,
    StatementFilters,
    StatementLineShape,
    StatementShape,
)
from settlements.domain.spans import next_month
from settlements.models import Accrual, Adjustment, Period, PeriodClose, ReportedRevenue, Statement, StatementLine
from settlements.services.report_revenue import report_revenue
from settlements.services.request_period_close import request_period_close
from settlements.services.simulate_terms import simulate_terms


class PeriodsView(OrganizationAPIView):
    """Months of the organization's agreements."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_periods", tags=["periods"], parameters=[PeriodFilters], responses=PeriodShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Periods, latest opened first."""
        return self.page(_own_periods().filter(**_of_month(self.query(PeriodFilters))), PeriodShape)


class PeriodView(OrganizationAPIView):
    """One period."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_period", tags=["periods"], responses=PeriodShape)
    def get(self, request: Request, period_id: UUID) -> Response:
        """One period."""
        self.query(NoParameters)
        return Response(PeriodShape(own(Period.objects.all(), period_id)).data)


class PeriodClosesView(OrganizationAPIView):
    """Closing one period."""

    required_permissions = {"POST": Permission.PERIOD_CLOSE}

    @extend_schema(
        operation_id="close_period",
        tags=["periods"],
        request=PeriodCloseInput,
        responses={200: PeriodShape, 202: PeriodCloseShape},
    )
    def post(self, request: Request, period_id: UUID) -> Response:
        """Have a month closed into statements; the host's alone.

        202 with the job, whose address is in `Location`; asking again while it works gives the same job. 200 with the
        period when it is closed already.
        """
        job_id = request_period_close(
            actor=self.actor, period_id=period_id, now=self.now, **self.body(PeriodCloseInput)
        )
        if job_id is None:
            return Response(PeriodShape(own(Period.objects.all(), period_id)).data)
        body = _close_body(own(PeriodClose.objects.all(), job_id), request)
        return Response(body, status=status.HTTP_202_ACCEPTED, headers={"Location": body["links"]["self"]})


class RevenuesView(OrganizationAPIView):
    """What parties report of their own revenue of one period, where terms pool it."""

    required_permissions = {"GET": Permission.STATEMENT_READ, "POST": Permission.REVENUE_REPORT}

    @extend_schema(operation_id="list_revenues", tags=["periods"], responses=RevenueShape(many=True))
    def get(self, request: Request, period_id: UUID) -> Response:
        """What every party has reported."""
        self.query(NoParameters)
        period = own(Period.objects.all(), period_id)
        return Response(
            RevenueShape(ReportedRevenue.objects.filter(period=period).order_by("reported_at"), many=True).data
        )

    @extend_schema(operation_id="report_revenue", tags=["periods"], request=RevenueInput, responses=RevenueShape)
    def post(self, request: Request, period_id: UUID) -> Response:
        """Report the organization's own revenue, or correct it until the period closes."""
        given = self.body(RevenueInput)
        period = own(Period.objects.all(), period_id)
        report_revenue(
            actor=self.actor, period_id=period.id, amount_minor=given["amount_minor"], note=given["note"], now=self.now
        )
        return Response(
            RevenueShape(ReportedRevenue.objects.get(period=period, organization_id=self.actor.organization_id)).data
        )


class SimulationsView(OrganizationAPIView):
    """What terms would have brought, before anybody signs them."""

    required_permissions = {"POST": Permission.STATEMENT_READ}

    @extend_schema(
        operation_id="simulate_terms",
        tags=["agreements"],
        request=SimulationInput,
        responses=SimulationShape,
        examples=SIMULATION_EXAMPLES,
    )
    def post(self, request: Request, agreement_id: UUID) -> Response:
        """Replay the last whole months of an agreement under other terms. Writes nothing; partners get their own part."""
        given = self.body(SimulationInput)
        try:
            terms = read_whole(given["terms"])
        except TermsError as error:
            raise ImpossibleTermsError.of(error.problems) from error
        found = simulate_terms(
            actor=self.actor, agreement_id=agreement_id, terms=terms, months=given["months"], now=self.now
        )
        return Response(
            SimulationShape(found, context={"reader": self.actor.organization_id, "is_host": is_hosting()}).data
        )


class PeriodCloseView(OrganizationAPIView):
    """One job that closes a period."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_period_close", tags=["periods"], responses=PeriodCloseShape)
    def get(self, request: Request, close_id: UUID) -> Response:
        """How far the close is; the host's alone."""
        self.query(NoParameters)
        return Response(_close_body(own(PeriodClose.objects.all(), close_id), request))


class AccrualsView(OrganizationAPIView):
    """What conversions earned."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_accruals", tags=["accruals"], parameters=[AccrualFilters], responses=AccrualShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Accruals, latest first."""
        filters = self.query(AccrualFilters)
        rows = Accrual.objects.filter(period__in=_own_periods().values("id")).filter(**filters)
        return self.page(rows.prefetch_related("shares"), AccrualShape)


class AccrualView(OrganizationAPIView):
    """One accrual."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_accrual", tags=["accruals"], responses=AccrualDetailShape)
    def get(self, request: Request, accrual_id: UUID) -> Response:
        """One accrual with the explanation of every step, as data and in words."""
        self.query(NoParameters)
        found = own(Accrual.objects.select_related("period").prefetch_related("shares"), accrual_id)
        wording = Wording(organization_names(found.parties), found.currency, found.period.time_zone)
        said = asdict(told(found.explanation["evaluation"], wording))
        return Response({**AccrualShape(found).data, "explanation": found.explanation, "told": said})


class AdjustmentsView(OrganizationAPIView):
    """What moved besides the shares of conversions."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_adjustments",
        tags=["adjustments"],
        parameters=[AdjustmentFilters],
        responses=AdjustmentShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Adjustments, latest first: those of which the caller is a side, and for a host all of its book."""
        filters = self.query(AdjustmentFilters)
        rows = Adjustment.objects.filter(period__in=_own_periods().values("id")).filter(**filters)
        return self.page(rows, AdjustmentShape)


class AdjustmentView(OrganizationAPIView):
    """One adjustment."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_adjustment", tags=["adjustments"], responses=AdjustmentDetailShape)
    def get(self, request: Request, adjustment_id: UUID) -> Response:
        """One adjustment with how it came to its amount."""
        self.query(NoParameters)
        found = own(Adjustment.objects.select_related("about_period"), adjustment_id)
        said = sentence_of(found, organization_names(found.parties))
        return Response({**AdjustmentShape(found).data, "told": said})


class StatementsView(OrganizationAPIView):
    """Closed statements."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_statements",
        tags=["statements"],
        parameters=[StatementFilters],
        responses=StatementShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Statements, latest closed first: the caller's own, and for a host those of its partners too."""
        filters = _of_month(self.query(StatementFilters))
        side = "host_id" if is_hosting() else "organization_id"
        rows = Statement.objects.filter(**{side: self.actor.organization_id})
        return self.page(rows.filter(**filters), StatementShape)


class StatementView(OrganizationAPIView):
    """One statement."""

    required_permissions = {"GET": Permission.STATEMENT_READ}

    @extend_schema(operation_id="get_statement", tags=["statements"], responses=StatementShape)
    def get(self, request: Request, statement_id: UUID) -> Response:
        """One statement."""
        self.query(NoParameters)
        return Response(StatementShape(own(Statement.objects.all(), statement_id)).data)


class StatementLinesView(OrganizationAPIView):
    """The lines of one statement."""

    required_permissions = {"GET": Permission.STATEMENT_READ}
    pagination_class = LinePagination

    @extend_schema(operation_id="list_statement_lines", tags=["statements"], responses=StatementLineShape(many=True))
    def get(self, request: Request, statement_id: UUID) -> Response:
        """The lines of one statement, in their order."""
        self.query(NoParameters)
        statement = own(Statement.objects.all(), statement_id)
        return self.page(StatementLine.objects.filter(statement=statement), StatementLineShape)


def _own_periods() -> QuerySet[Period]:
    """The visible periods by an indexed column, so that a stranger's list costs nothing."""
    return Period.objects.filter(agreement_id__in=[agreement.id for agreement in agreements_of()])


def _of_month(filters: dict[str, Any]) -> dict[str, Any]:
    """The month as its days: periods and statements that begin in it."""
    month = filters.pop("month", None)
    if not month:
        return filters
    first = date.fromisoformat(f"{month}-01")
    return {**filters, "starts_on__gte": first, "starts_on__lt": next_month(first)}


def _close_body(job: PeriodClose, request: Request) -> dict[str, Any]:
    links = {
        "self": reverse("api:period_close", args=[job.pk], request=request),
        "period": reverse("api:period", args=[job.period_id], request=request),
    }
    return {**PeriodCloseShape(job).data, "links": links}
