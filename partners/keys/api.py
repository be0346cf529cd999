"""Operations of the API on keys. They need a signed-in person: a key manages no keys."""

from datetime import timedelta
from typing import Any, Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _
from drf_spectacular.utils import OpenApiExample, extend_schema
from rest_framework import status
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse

from alliance.kernel.errors import InvalidInputError
from alliance.kernel.http.api import OrganizationAPIView, own
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.serializers import NoParameters
from alliance.kernel.permissions import Permission
from partners.keys.api_shapes import ApiKeyInput, ApiKeyShape, CreatedApiKeyShape, RotationInput
from partners.keys.domain import KeyKind, PublishableScope
from partners.keys.services.create_api_key import CreatedApiKey, NewApiKey, create_api_key
from partners.keys.services.create_publishable_key import NewPublishableKey, create_publishable_key
from partners.keys.services.revoke_api_key import revoke_api_key
from partners.keys.services.rotate_api_key import rotate_api_key
from partners.models import ApiKey

_EXAMPLE: Final[dict[str, Any]] = {
    "id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1e01",
    "kind": "secret",
    "name": "Nightly import",
    "prefix": "sk_Zk3r",
    "last_four": "9fQx",
    "permissions": ["order:import", "order:read"],
    "scopes": [],
    "origins": [],
    "replaces_id": None,
    "created_at": "2026-03-01T13:15:00Z",
    "expires_at": None,
    "revoked_at": None,
    "last_used_at": None,
    "exposed_at": None,
}


class KindMismatchError(InvalidInputError):
    """Permissions are a secret key's, scopes and origins a publishable one's."""

    code = "kind_mismatch"
    sentence = _("A secret key takes permissions; a publishable key takes scopes and origins.")


def _answer(value: object) -> list[OpenApiExample]:
    return [OpenApiExample("An answer", response_only=True, value=value, status_codes=["200", "201"])]


class ApiKeysView(OrganizationAPIView):
    """Keys of the organization."""

    required_permissions = {"GET": Permission.API_KEY_MANAGE, "POST": Permission.API_KEY_MANAGE}
    pagination_class = TimeOrderedPagination

    @extend_schema(
        operation_id="list_api_keys", tags=["keys"], responses=ApiKeyShape(many=True), examples=_answer(_EXAMPLE)
    )
    def get(self, request: Request) -> Response:
        """API keys, newest first, revoked and expired ones too. Secrets are never shown again."""
        self.query(NoParameters)
        return self.page(ApiKey.objects.all(), ApiKeyShape)

    @extend_schema(
        operation_id="create_api_key",
        tags=["keys"],
        request=ApiKeyInput,
        responses={201: CreatedApiKeyShape},
        examples=[
            OpenApiExample(
                "A secret key",
                request_only=True,
                value={"kind": "secret", "name": "Nightly import", "permissions": ["order:import", "order:read"]},
            ),
            OpenApiExample(
                "A publishable key",
                request_only=True,
                value={
                    "kind": "publishable",
                    "name": "Our shop's pages",
                    "scopes": ["event:write"],
                    "origins": ["https://shop.example"],
                },
            ),
            *_answer({**_EXAMPLE, "secret": "sk_…"}),
        ],
    )
    def post(self, request: Request) -> Response:
        """Make a key. The answer holds it, this once. Needs a session."""
        given = self.body(ApiKeyInput)
        created = self._secret(given) if given["kind"] == KeyKind.SECRET else self._publishable(given)
        return _shown_once(request, created)

    def _secret(self, given: dict[str, Any]) -> CreatedApiKey:
        if given["scopes"] or given["origins"]:
            raise KindMismatchError(field="scopes")
        permissions = frozenset(Permission(value) for value in given["permissions"])
        key = NewApiKey(given["name"], permissions, given["expires_at"])
        return create_api_key(actor=self.actor, key=key, now=self.now)

    def _publishable(self, given: dict[str, Any]) -> CreatedApiKey:
        if given["permissions"]:
            raise KindMismatchError(field="permissions")
        scopes = frozenset(PublishableScope(value) for value in given["scopes"])
        key = NewPublishableKey(given["name"], scopes, tuple(given["origins"]), given["expires_at"])
        return create_publishable_key(actor=self.actor, key=key, now=self.now)


class ApiKeyView(OrganizationAPIView):
    """One key."""

    required_permissions = {"GET": Permission.API_KEY_MANAGE}

    @extend_schema(operation_id="get_api_key", tags=["keys"], responses=ApiKeyShape, examples=_answer(_EXAMPLE))
    def get(self, request: Request, api_key_id: UUID) -> Response:
        """One key, without its secret."""
        self.query(NoParameters)
        return Response(_shape(api_key_id))


class RotationsView(OrganizationAPIView):
    """Successors of a key."""

    required_permissions = {"POST": Permission.API_KEY_MANAGE}

    @extend_schema(
        operation_id="rotate_api_key",
        tags=["keys"],
        request=RotationInput,
        responses={201: CreatedApiKeyShape},
        examples=[
            OpenApiExample("A day of overlap", request_only=True, value={"overlap_hours": 24}),
            *_answer({**_EXAMPLE, "replaces_id": "01934f6e-5a00-7cc0-98b5-2f5f0c4d1e00", "secret": "sk_…"}),
        ],
    )
    def post(self, request: Request, api_key_id: UUID) -> Response:
        """Make a new key of the same rights; the old one works for `overlap_hours` more, a week at most. Needs a session."""
        overlap = timedelta(hours=self.body(RotationInput)["overlap_hours"])
        created = rotate_api_key(actor=self.actor, api_key_id=api_key_id, overlap=overlap, now=self.now)
        return _shown_once(request, created)


class RevocationsView(OrganizationAPIView):
    """Ends of a key."""

    required_permissions = {"POST": Permission.API_KEY_MANAGE}

    @extend_schema(
        operation_id="revoke_api_key",
        tags=["keys"],
        request=None,
        responses={201: ApiKeyShape},
        examples=_answer({**_EXAMPLE, "revoked_at": "2026-03-02T08:00:00Z"}),
    )
    def post(self, request: Request, api_key_id: UUID) -> Response:
        """Make a key useless from the next request on. Repeating it changes nothing. Needs a session."""
        revoke_api_key(actor=self.actor, api_key_id=api_key_id, now=self.now)
        return Response(_shape(api_key_id), status=status.HTTP_201_CREATED)


def _shape(api_key_id: UUID) -> dict[str, Any]:
    return dict(ApiKeyShape(own(ApiKey.objects.all(), api_key_id)).data)


def _shown_once(request: Request, created: CreatedApiKey) -> Response:
    body = _shape(created.id) | {"secret": created.secret}
    address = reverse("api:api_key", args=[created.id], request=request)
    return Response(body, status=status.HTTP_201_CREATED, headers={"Location": address})
