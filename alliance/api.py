"""The API's front page, its documentation, and the answer to addresses that don't exist."""

from functools import cache
from typing import Any

from csp.constants import SELF, UNSAFE_INLINE
from csp.decorators import csp_update
from django.conf import settings
from django.http import Http404, HttpResponse
from django.urls import URLPattern, URLResolver, path, re_path
from django.utils import translation
from django.utils.decorators import method_decorator
from django.utils.encoding import force_bytes
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.settings import spectacular_settings
from drf_spectacular.utils import extend_schema
from drf_spectacular.views import SpectacularAPIView, SpectacularSwaggerSplitView
from rest_framework import serializers
from rest_framework.permissions import AllowAny
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.reverse import reverse
from rest_framework.views import APIView

RESOURCES = (
    "organization",
    "api_keys",
    "members",
    "invitations",
    "alliances",
    "applications",
    "agreements",
    "items",
    "item_categories",
    "conversions",
    "imports",
    "periods",
    "accruals",
    "adjustments",
    "statements",
    "exports",
    "ledger_accounts",
    "ledger_balances",
    "ledger_journals",
    "audit_events",
    "webhook_types",
    "webhook_endpoints",
    "webhook_deliveries",
)


class RootShape(serializers.Serializer[Any]):
    """Where things are."""

    version = serializers.CharField()
    documentation = serializers.URLField()
    schema = serializers.URLField()
    resources = serializers.DictField(child=serializers.URLField())


class RootView(APIView):
    """The front page of the API."""

    permission_classes = [AllowAny]
    authentication_classes = []
    metadata_class = None

    @extend_schema(operation_id="get_root", tags=["root"], responses=RootShape, auth=[])
    def get(self, request: Request) -> Response:
        """The addresses of every resource. Needs no key."""
        resources = {name: reverse(f"api:{name}", request=request) for name in RESOURCES}
        front = {
            "version": "1",
            "documentation": reverse("api_docs", request=request),
            "schema": reverse("api_schema", request=request),
            "resources": resources,
        }
        return Response(RootShape(front).data)


class UnknownAddressView(APIView):
    """Any address below /api/ that is no operation."""

    permission_classes = [AllowAny]
    authentication_classes = []
    schema = None

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Answer 404 to every method alike."""
        raise Http404


@cache
def _written(language: str, media_type: str) -> bytes:
    """The document in one language and format. It takes a second and depends on nothing else that a request says."""
    renderer = next(each for each in SpectacularAPIView.renderer_classes if each.media_type == media_type)
    with translation.override(language):
        document = SchemaGenerator().get_schema(public=True)  # type: ignore[no-untyped-call]
        return force_bytes(renderer().render(document))


class SchemaView(SpectacularAPIView):
    """The OpenAPI document, written once for each process: whoever asks needs no key, so it must cost nothing."""

    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []

    @extend_schema(exclude=True)
    def get(self, request: Request, *args: object, **kwargs: object) -> HttpResponse:
        """In the reader's language, or the one that `lang` names; YAML or JSON as asked for."""
        wanted, known = request.query_params.get("lang", ""), dict(settings.LANGUAGES)
        language = wanted if wanted in known else translation.get_language() or settings.LANGUAGE_CODE
        renderer = request.accepted_renderer
        name = f"{spectacular_settings.TITLE}.{renderer.format}"
        return HttpResponse(
            _written(language, renderer.media_type),
            content_type=renderer.media_type,
            headers={"Content-Disposition": f'inline; filename="{name}"'},
        )


@method_decorator(csp_update({"style-src": [SELF, UNSAFE_INLINE]}), name="dispatch")
class DocumentationView(SpectacularSwaggerSplitView):
    """The documentation to read and try. Swagger UI writes style elements, so this one page allows them."""

    url_name = "api_schema"
    permission_classes = [AllowAny]
    authentication_classes = []
    throttle_classes = []


front_urlpatterns: list[URLPattern | URLResolver] = [path("", RootView.as_view(), name="root")]
documentation_urlpatterns: list[URLPattern | URLResolver] = [
    path("schema/", SchemaView.as_view(), name="api_schema"),
    path("docs/", DocumentationView.as_view(), name="api_docs"),
]
# A missing slash behind the pages is mended by a redirect, as everywhere else on the site.
fallback_urlpatterns: list[URLPattern | URLResolver] = [
    re_path(r"^api/(?!(?:v1|docs|schema)$).*$", UnknownAddressView.as_view(), name="api_unknown")
]
