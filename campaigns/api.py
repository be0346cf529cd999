"""Operations of the API on orders, conversions and imports."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django.db.models import QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.actor import Actor
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.money import UnknownCurrencyError, round_half_up
from alliance.kernel.permissions import Permission
from campaigns.api_shapes import (
    ConversionFilters,
    ConversionInput,
    ConversionShape,
    ImportErrorShape,
    ImportFilters,
    ImportShape,
    OrderInput,
    OrderShape,
)
from campaigns.domain.details import REPORTED, OrderDetails
from campaigns.models import Conversion, ConversionKind, Order, OrderImport, OrderImportError
from campaigns.services.record_conversion import ConversionGiven, record_conversion
from campaigns.services.record_order import OrderCurrencyError, OrderGiven, OrderLineGiven, record_order
from partners.selectors import is_hosting

_ORDER_EXAMPLE = OpenApiExample(
    "A sale of two lines",
    request_only=True,
    value={
        "alliance_id": "01939d6a-0000-7000-8000-000000000001",
        "reference": "W-1042",
        "occurred_at": "2026-03-01T21:15:00+08:00",
        "currency": "CNY",
        "partner_code": "north",
        "lines": [
            {"item": "COURSE-7", "quantity": "1", "unit_price": "299.00"},
            {"item": "MAT-1", "quantity": "2", "unit_price": "49.90"},
        ],
    },
)


_LEAD_EXAMPLE = OpenApiExample(
    "A lead",
    request_only=True,
    value={
        "alliance_id": "01939d6a-0000-7000-8000-000000000001",
        "kind": "lead",
        "reference": "L-77",
        "occurred_at": "2026-03-01T21:15:00+08:00",
        "currency": "CNY",
        "partner_code": "north",
        "country": "CN",
    },
)


class ConversionsView(OrganizationAPIView):
    """Conversions the organization earns from, or pays for."""

    required_permissions = {"GET": Permission.ORDER_READ, "POST": Permission.ORDER_IMPORT}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_conversions",
        tags=["conversions"],
        parameters=[ConversionFilters],
        responses=ConversionShape(many=True),
    )
    def get(self, request: Request) -> Response:
        """Conversions, latest recorded first."""
        return self.page(_found(self.actor, self.query(ConversionFilters)), ConversionShape)

    @extend_schema(
        operation_id="record_conversion",
        tags=["conversions"],
        request=ConversionInput,
        responses={200: ConversionShape, 201: ConversionShape},
        examples=[_LEAD_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Record one lead, click or sign-up of an alliance that the caller hosts. Sales and refunds are orders.

        201 for a new one, 200 for the same sent again, 409 `conversion_differs` for other content under its reference.
        """
        given = self.body(ConversionInput)
        alliance_id: UUID = given.pop("alliance_id")
        conversion = ConversionGiven(kind=ConversionKind(given.pop("kind")), details=_details(given), **given)
        recorded = record_conversion(actor=self.actor, alliance_id=alliance_id, conversion=conversion, now=self.now)
        code = status.HTTP_201_CREATED if recorded.is_new else status.HTTP_200_OK
        address = reverse("api:conversion", args=[recorded.conversion_id], request=request)
        body = ConversionShape(own(Conversion.objects.all(), recorded.conversion_id)).data
        return Response(body, status=code, headers={"Location": address})


class ConversionView(OrganizationAPIView):
    """One conversion."""

    required_permissions = {"GET": Permission.ORDER_READ}

    @extend_schema(operation_id="get_conversion", tags=["conversions"], responses=ConversionShape)
    def get(self, request: Request, conversion_id: UUID) -> Response:
        """One conversion."""
        self.query(NoParameters)
        return Response(ConversionShape(own(Conversion.objects.all(), conversion_id)).data)


class OrdersView(OrganizationAPIView):
    """Orders of the host's shop."""

    required_permissions = {"POST": Permission.ORDER_IMPORT}

    @extend_schema(
        operation_id="record_order",
        tags=["orders"],
        request=OrderInput,
        responses={200: OrderShape, 201: OrderShape},
        examples=[_ORDER_EXAMPLE],
    )
    def post(self, request: Request) -> Response:
        """Record one order of an alliance that the caller hosts.

        201 for a new one, 200 for the same order sent again, 409 `order_differs` for other content under a known reference.
        """
        given = self.body(OrderInput)
        alliance_id: UUID = given.pop("alliance_id")
        lines = [OrderLineGiven(**line) for line in given.pop("lines")]
        order = OrderGiven(lines=lines, details=_details(given), **given)
        recorded = record_order(actor=self.actor, alliance_id=alliance_id, order=order, now=self.now)
        code = status.HTTP_201_CREATED if recorded.is_new else status.HTTP_200_OK
        address = reverse("api:order", args=[recorded.order_id], request=request)
        return Response(_order_body(recorded.order_id), status=code, headers={"Location": address})


class OrderView(OrganizationAPIView):
    """One order."""

    required_permissions = {"GET": Permission.ORDER_READ}

    @extend_schema(operation_id="get_order", tags=["orders"], responses=OrderShape)
    def get(self, request: Request, order_id: UUID) -> Response:
        """One order with its lines and its conversion; the host's own alone."""
        self.query(NoParameters)
        return Response(_order_body(order_id))


class ImportsView(OrganizationAPIView):
    """Imports of order files."""

    required_permissions = {"GET": Permission.ORDER_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_imports", tags=["imports"], parameters=[ImportFilters], responses=ImportShape(many=True)
    )
    def get(self, request: Request) -> Response:
        """Imports of the organization, latest first."""
        rows = OrderImport.objects.select_related("order_file").filter(**self.query(ImportFilters))
        return self.page(rows, ImportShape)


class ImportView(OrganizationAPIView):
    """One import."""

    required_permissions = {"GET": Permission.ORDER_READ}

    @extend_schema(operation_id="get_import", tags=["imports"], responses=ImportShape)
    def get(self, request: Request, import_id: UUID) -> Response:
        """One import with its progress and counts."""
        self.query(NoParameters)
        return Response(ImportShape(own(OrderImport.objects.select_related("order_file"), import_id)).data)


class ImportErrorsView(OrganizationAPIView):
    """Rows that were not taken."""

    required_permissions = {"GET": Permission.ORDER_READ}
    pagination_class = TimeOrderedPagination

    @extend_schema(operation_id="list_import_errors", tags=["imports"], responses=ImportErrorShape(many=True))
    def get(self, request: Request, import_id: UUID) -> Response:
        """Rows of one import that were not taken, with row, column and reason."""
        self.query(NoParameters)
        order_import = own(OrderImport.objects.all(), import_id)
        return self.page(OrderImportError.objects.filter(order_import=order_import), ImportErrorShape)


def _found(actor: Actor, filters: dict[str, Any]) -> QuerySet[Conversion]:
    """The conversions of the actor's side, by an indexed column."""
    hosting = is_hosting()
    rows = Conversion.objects.filter(**{"host_id" if hosting else "partner_id": actor.organization_id})
    if (is_matched := filters.pop("is_matched")) is not None:
        rows = rows.filter(agreement__isnull=not is_matched)
    if (since := filters.pop("occurred_from", None)) is not None:
        rows = rows.filter(occurred_at__gte=since)
    if (before := filters.pop("occurred_before", None)) is not None:
        rows = rows.filter(occurred_at__lt=before)
    if hosting and (reference := filters.pop("reference", None)) is not None:
        rows = rows.filter(order__organization_id=actor.organization_id, order__reference=reference)
    return rows.filter(**filters)


def _details(given: dict[str, Any]) -> OrderDetails:
    """Takes out of the body what makes up the details. Amounts in the major unit become minor units."""
    reported = given.pop("reported", {})
    currency = str(given["currency"])
    return OrderDetails(
        refund_of=given.pop("refund_of", ""),
        parent_order=given.pop("parent_order", ""),
        invalid_reason=given.pop("invalid_reason", ""),
        returned_quantity=given.pop("returned_quantity", 0),
        country=given.pop("country"),
        coupon=given.pop("coupon"),
        placement=given.pop("placement"),
        reported=tuple(
            (kind, amount) for kind in REPORTED if kind in reported and (amount := _minor(reported[kind], currency))
        ),
    )


def _minor(amount: Decimal, currency: str) -> int:
    try:
        return round_half_up(amount, currency)
    except UnknownCurrencyError as error:
        raise OrderCurrencyError(field="currency") from error


def _order_body(order_id: UUID) -> dict[str, Any]:
    rows = Order.objects.select_related("conversion").prefetch_related("lines")
    return dict(OrderShape(own(rows, order_id)).data)
