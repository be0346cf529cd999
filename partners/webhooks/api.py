"""Operations of the API on webhooks."""

from typing import Any, Final
from uuid import UUID

from django.db.models import Prefetch, QuerySet
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.webhooks.api_shapes import (
    CreatedEndpointShape,
    DeliveryFilters,
    EndpointChangeInput,
    EndpointInput,
    ResendInput,
    ResentShape,
    RotatedSecretShape,
    WebhookDeliveryDetailShape,
    WebhookDeliveryShape,
    WebhookEndpointShape,
    WebhookTypeShape,
)
from partners.webhooks.models import WebhookAttempt, WebhookDelivery, WebhookEndpoint
from partners.webhooks.services.change_endpoint import change_endpoint
from partners.webhooks.services.create_endpoint import EndpointSettings, create_endpoint
from partners.webhooks.services.remove_endpoint import remove_endpoint
from partners.webhooks.services.resend_delivery import resend_delivery
from partners.webhooks.services.resend_failed import resend_failed
from partners.webhooks.services.rotate_secret import rotate_secret
from partners.webhooks.services.send_test import send_test
from partners.webhooks.services.switch_off_endpoint import switch_off_endpoint
from partners.webhooks.services.switch_on_endpoint import switch_on_endpoint
from partners.webhooks.types import webhook_types

_ID: Final = "01934f6e-5a00-7cc0-98b5-2f5f0c4d1d01"
_ENDPOINT: Final[dict[str, Any]] = {
    "id": _ID,
    "url": "https://shop.example/hooks",
    "description": "The shop's order desk",
    "types": ["conversion.recorded", "statement.closed"],
    "is_enabled": True,
    "disabled_reason": "",
    "disabled_at": None,
    "created_at": "2026-03-01T13:15:00Z",
    "succeeded_at": None,
    "failures": 0,
    "failing_since": None,
    "previous_secret_until": None,
}
_DELIVERY: Final[dict[str, Any]] = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1d02",
    "endpoint_id": _ID,
    "message_id": "msg_01934f6e5a007cc098b52f5f0c4d1d03",
    "type": "webhook.test",
    "state": "delivered",
    "tries": 1,
    "next_attempt_at": None,
    "last_status": 204,
    "last_error": "",
    "created_at": "2026-03-01T13:15:00Z",
    "finished_at": "2026-03-01T13:15:01Z",
}
_ATTEMPT: Final[dict[str, Any]] = {
    "number": 1,
    "at": "2026-03-01T13:15:00Z",
    "url": "https://shop.example/hooks",
    "request_headers": {"webhook-id": "msg_01934f6e5a007cc098b52f5f0c4d1d03", "webhook-timestamp": "1772370900"},
    "status": 204,
    "response_headers": {"server": "nginx"},
    "response_body": "",
    "is_cut": False,
    "error": "",
    "milliseconds": 84,
}
_DETAIL: Final = {**_DELIVERY, "body": '{"type":"webhook.test", …}', "attempts": [_ATTEMPT]}


def _answer(value: object) -> list[OpenApiExample]:
    return [OpenApiExample("An answer", response_only=True, value=value, status_codes=["200", "201", "202"])]


def _asked(value: object) -> list[OpenApiExample]:
    return [OpenApiExample("A request", request_only=True, value=value)]


class WebhookTypesView(OrganizationAPIView):
    """What can be told."""

    required_permissions = {"GET": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="list_webhook_types",
        tags=["webhooks"],
        responses=WebhookTypeShape(many=True),
        filters=False,
        examples=_answer(
            {
                "name": "partner.joined",
                "description": "A partner has joined an alliance.",
                "schema": {"type": "object", "properties": {"alliance_id": {"type": "string", "format": "uuid"}}},
                "example": {"alliance_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1a02"},
            }
        ),
    )
    def get(self, request: Request) -> Response:
        """Every type of message with the JSON Schema of its data; a short list without pages."""
        self.query(NoParameters)
        found = [
            {"name": t.name, "description": str(t.description), "schema": t.schema(), "example": t.example}
            for t in webhook_types()
        ]
        return Response(WebhookTypeShape(found, many=True).data)


class WebhookEndpointsView(OrganizationAPIView):
    """Endpoints of the organization."""

    required_permissions = {"GET": Permission.WEBHOOK_MANAGE, "POST": Permission.WEBHOOK_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_webhook_endpoints",
        tags=["webhooks"],
        responses=WebhookEndpointShape(many=True),
        examples=_answer(_ENDPOINT),
    )
    def get(self, request: Request) -> Response:
        """Endpoints, newest first. Secrets are never shown again."""
        self.query(NoParameters)
        return self.page(_endpoints(), WebhookEndpointShape)

    @extend_schema(
        operation_id="create_webhook_endpoint",
        tags=["webhooks"],
        request=EndpointInput,
        responses={201: CreatedEndpointShape},
        examples=[
            *_asked({name: _ENDPOINT[name] for name in ("url", "types", "description")}),
            *_answer({**_ENDPOINT, "secret": "whsec_…"}),
        ],
    )
    def post(self, request: Request) -> Response:
        """Add an endpoint, switched on. The answer holds its signing secret, this once."""
        given = self.body(EndpointInput)
        wanted = EndpointSettings(given["url"], tuple(given["types"]), given["description"])
        created = create_endpoint(actor=self.actor, wanted=wanted, now=self.now)
        endpoint = _endpoints().get(pk=created.id)
        endpoint.secret = created.secret  # type: ignore[attr-defined]
        address = reverse("api:webhook_endpoint", args=[created.id], request=request)
        body = CreatedEndpointShape(endpoint).data
        return Response(body, status=status.HTTP_201_CREATED, headers={"Location": address})


class WebhookEndpointView(OrganizationAPIView):
    """One endpoint."""

    required_permissions = {
        "GET": Permission.WEBHOOK_MANAGE,
        "PATCH": Permission.WEBHOOK_MANAGE,
        "DELETE": Permission.WEBHOOK_MANAGE,
    }

    @extend_schema(
        operation_id="get_webhook_endpoint",
        tags=["webhooks"],
        responses=WebhookEndpointShape,
        examples=_answer(_ENDPOINT),
    )
    def get(self, request: Request, endpoint_id: UUID) -> Response:
        """One endpoint and how it fares."""
        self.query(NoParameters)
        return Response(_shape(endpoint_id))

    @extend_schema(
        operation_id="change_webhook_endpoint",
        tags=["webhooks"],
        request=EndpointChangeInput,
        responses=WebhookEndpointShape,
        examples=[*_asked({"types": ["statement.closed"], "is_enabled": True}), *_answer(_ENDPOINT)],
    )
    def patch(self, request: Request, endpoint_id: UUID) -> Response:
        """Change the address, the types or the description, or switch the endpoint on or off."""
        given = self.body(EndpointChangeInput)
        switched = given.pop("is_enabled", None)
        present = own(_endpoints(), endpoint_id)
        wanted = EndpointSettings(
            url=given.get("url", present.url),
            types=tuple(given.get("types", present.types)),
            description=given.get("description", present.description),
        )
        change_endpoint(actor=self.actor, endpoint_id=endpoint_id, wanted=wanted, now=self.now)
        if switched is not None:
            switch = switch_on_endpoint if switched else switch_off_endpoint
            switch(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return Response(_shape(endpoint_id))

    @extend_schema(operation_id="remove_webhook_endpoint", tags=["webhooks"], responses={204: None})
    def delete(self, request: Request, endpoint_id: UUID) -> Response:
        """Remove an endpoint for good. What is on its way is not sent any more."""
        remove_endpoint(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return Response(status=status.HTTP_204_NO_CONTENT)


class SecretRotationsView(OrganizationAPIView):
    """Changes of the signing secret."""

    required_permissions = {"POST": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="rotate_webhook_secret",
        tags=["webhooks"],
        request=None,
        responses={201: RotatedSecretShape},
        examples=_answer({"secret": "whsec_…", "previous_secret_until": "2026-03-02T13:15:00Z"}),
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Make a new signing secret. For 24 hours messages carry a signature by each of the two."""
        secret = rotate_secret(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        until = _endpoints().get(pk=endpoint_id).previous_secret_until
        body = RotatedSecretShape({"secret": secret, "previous_secret_until": until}).data
        return Response(body, status=status.HTTP_201_CREATED)


class WebhookTestsView(OrganizationAPIView):
    """Test messages."""

    required_permissions = {"POST": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="test_webhook_endpoint",
        tags=["webhooks"],
        request=None,
        responses={202: WebhookDeliveryDetailShape},
        examples=_answer(_DETAIL),
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send a message of the type `webhook.test`; read its delivery to see the answer."""
        made = send_test(actor=self.actor, endpoint_id=endpoint_id, now=self.now)
        return _accepted(request, made)


class EndpointResendsView(OrganizationAPIView):
    """Sending again what failed."""

    required_permissions = {"POST": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="resend_failed_webhooks",
        tags=["webhooks"],
        request=ResendInput,
        responses={202: ResentShape},
        examples=[*_asked({"since": "2026-03-01T00:00:00+08:00"}), *_answer({"count": 12})],
    )
    def post(self, request: Request, endpoint_id: UUID) -> Response:
        """Send again every message that was written since then and failed, under the same ids."""
        since = self.body(ResendInput)["since"]
        count = resend_failed(actor=self.actor, endpoint_id=endpoint_id, since=since, now=self.now)
        return Response(ResentShape({"count": count}).data, status=status.HTTP_202_ACCEPTED)


class WebhookDeliveriesView(OrganizationAPIView):
    """Messages on their way to endpoints."""

    required_permissions = {"GET": Permission.WEBHOOK_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_webhook_deliveries",
        tags=["webhooks"],
        parameters=[DeliveryFilters],
        responses=WebhookDeliveryShape(many=True),
        examples=_answer(_DELIVERY),
    )
    def get(self, request: Request) -> Response:
        """Deliveries of the last thirty days, newest first."""
        filters = self.query(DeliveryFilters)
        if wanted := filters.pop("type", None):
            filters["message__type"] = wanted
        return self.page(WebhookDelivery.objects.select_related("message").filter(**filters), WebhookDeliveryShape)


class WebhookDeliveryView(OrganizationAPIView):
    """One delivery."""

    required_permissions = {"GET": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="get_webhook_delivery",
        tags=["webhooks"],
        responses=WebhookDeliveryDetailShape,
        examples=_answer(_DETAIL),
    )
    def get(self, request: Request, delivery_id: UUID) -> Response:
        """One delivery with what was sent and every answer."""
        self.query(NoParameters)
        return Response(_delivery(delivery_id))


class DeliveryResendsView(OrganizationAPIView):
    """Sending one message again."""

    required_permissions = {"POST": Permission.WEBHOOK_MANAGE}

    @extend_schema(
        operation_id="resend_webhook_delivery",
        tags=["webhooks"],
        request=None,
        responses={202: WebhookDeliveryDetailShape},
        examples=_answer(_DETAIL),
    )
    def post(self, request: Request, delivery_id: UUID) -> Response:
        """Send the message again under the same id, at once and with a full round of attempts."""
        resend_delivery(actor=self.actor, delivery_id=delivery_id, now=self.now)
        return _accepted(request, delivery_id)


def _endpoints() -> QuerySet[WebhookEndpoint]:
    return WebhookEndpoint.objects.filter(removed_at=None)


def _shape(endpoint_id: UUID) -> dict[str, Any]:
    return dict(WebhookEndpointShape(own(_endpoints(), endpoint_id)).data)


def _delivery(delivery_id: UUID) -> dict[str, Any]:
    attempts = Prefetch("attempts", queryset=WebhookAttempt.objects.order_by("-number"))
    rows = WebhookDelivery.objects.select_related("message").prefetch_related(attempts)
    return dict(WebhookDeliveryDetailShape(own(rows, delivery_id)).data)


def _accepted(request: Request, delivery_id: UUID) -> Response:
    address = reverse("api:webhook_delivery", args=[delivery_id], request=request)
    return Response(_delivery(delivery_id), status=status.HTTP_202_ACCEPTED, headers={"Location": address})
