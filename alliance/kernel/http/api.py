"""The API's door: who calls, may they, how often; then one organization's scope around the whole handling."""

from collections.abc import Callable, Iterable, Mapping
from datetime import datetime
from typing import Any, ClassVar, Final, TypeVar
from uuid import UUID

from django.db.models import Model, QuerySet
from django.http import FileResponse, HttpRequest, StreamingHttpResponse
from django.http.response import HttpResponseBase
from django.utils.cache import patch_cache_control
from rest_framework.exceptions import AuthenticationFailed, NotAuthenticated
from rest_framework.negotiation import DefaultContentNegotiation
from rest_framework.pagination import CursorPagination
from rest_framework.renderers import BaseRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.serializers import BaseSerializer, Serializer
from rest_framework.views import APIView

from alliance.kernel.actor import Actor, ActorKind
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError, NotPermittedError
from alliance.kernel.files import FileTooLargeError
from alliance.kernel.http.pagination import TimeOrderedPagination
from alliance.kernel.http.uploads import was_too_large
from alliance.kernel.idempotency import handled_once
from alliance.kernel.permissions import Permission
from alliance.kernel.standing import require_open_for
from alliance.kernel.tenancy import organization_scope

HANDLED_METHODS: Final = ("get", "post", "put", "patch", "delete")
M = TypeVar("M", bound=Model)
PAGING_PARAMETERS: Final = frozenset({"cursor", "page_size"})


class OrganizationAPIView(APIView):
    """One operation, or the few that share an address.

    Guarantees to a handler: `self.actor` holds the permission that `required_permissions` names for the
    method, its organization's scope is open, `self.now` is the one instant of this request. A handler
    that raises, or answers 400 or more, leaves nothing written. Handlers must not stream rows.
    """

    required_permissions: ClassVar[Mapping[str, Permission]] = {}
    is_for_people: ClassVar[bool] = False  # keys are refused, whatever they hold
    pagination_class: ClassVar[type[CursorPagination] | None] = None
    http_method_names = [*HANDLED_METHODS, "head"]
    metadata_class = None
    actor: Actor
    now: datetime

    def __init_subclass__(cls, **kwargs: object) -> None:
        super().__init_subclass__(**kwargs)
        for method in HANDLED_METHODS:
            if hasattr(cls, method) and method.upper() not in cls.required_permissions:
                message = f"{cls.__name__}.{method} names no required permission."
                raise TypeError(message)

    def dispatch(self, request: HttpRequest, *args: object, **kwargs: object) -> HttpResponseBase:
        """The answer to one request; every failure becomes problem+json."""
        self.args, self.kwargs, self.now = args, kwargs, utc_now()
        self.request = self.initialize_request(request, *args, **kwargs)
        self.headers = self.default_response_headers
        try:
            self.initial(self.request, *args, **kwargs)
            response = self._handle()
        except Exception as error:  # noqa: BLE001  the translator answers every failure
            response = self.handle_exception(error)
        self.response = self.finalize_response(self.request, response, *args, **kwargs)
        return self.response

    def _handle(self) -> HttpResponseBase:
        """The handler's answer, made inside the scope's transaction, which a refusal undoes."""
        handler = self._handler()
        try:
            with organization_scope(self.actor.organization_id, read_only=self.actor.is_read_only):
                return _kept(handled_once(self.request, handler, now=self.now))
        except _UndoneError as undone:
            return undone.response

    def _handler(self) -> Callable[[], HttpResponseBase]:
        method = str(self.request.method).lower().replace("head", "get")
        handler: Callable[..., HttpResponseBase] = getattr(self, method, self.http_method_not_allowed)
        return lambda: handler(self.request, *self.args, **self.kwargs)

    def initial(self, request: Request, *args: object, **kwargs: object) -> None:
        """Negotiate, authenticate, permit, count. A failed sign-in counts against the caller's address."""
        try:
            super().initial(request, *args, **kwargs)
        except (AuthenticationFailed, NotAuthenticated):
            self.check_throttles(request)
            raise

    def check_permissions(self, request: Request) -> None:
        """Raise `NotAuthenticated` without an actor, `NotPermittedError` when its permissions don't reach this method.

        Operations for people refuse keys with `PersonRequiredError`.

        Of a suspended or offboarded organization, people may read and keys may nothing: `OrganizationSuspendedError`,
        `OrganizationOffboardedError`.
        """
        if not isinstance(request.auth, Actor):
            raise NotAuthenticated
        self.actor = request.auth
        if self.is_for_people:
            self.actor.require_person()
        is_key = self.actor.kind is ActorKind.API_KEY
        require_open_for(self.actor.standing, method=request.method, is_key=is_key)
        method = "GET" if request.method == "HEAD" else str(request.method)
        if required := self.required_permissions.get(method):
            self._permit(required, is_read=method == "GET")

    def _permit(self, required: Permission, *, is_read: bool) -> None:
        """As in the portal, only who changes something about money must have given a second factor."""
        if not is_read:
            self.actor.require(required)
        elif not self.actor.can(required):
            raise NotPermittedError

    def finalize_response(self, request: Request, response: Any, *args: object, **kwargs: object) -> Any:
        """Add what every answer of the API carries: the state of the rate limit, and that nobody may keep a copy."""
        final = super().finalize_response(request, response, *args, **kwargs)
        for name, value in getattr(request._request, "rate_limit_headers", {}).items():  # noqa: SLF001  DRF's own name
            final[name] = value
        patch_cache_control(final, private=True, no_store=True)
        return final

    def body(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """The checked body of the request; raises `ValidationError` that names every bad or unknown field.

        Raises `FileTooLargeError` when an upload was cut off at the limit.
        """
        given = self.request.data
        if was_too_large(self.request._request):  # noqa: SLF001  DRF's own name for Django's request
            raise FileTooLargeError(field="file")
        serializer = serializer_class(data=given)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def query(self, serializer_class: type[Serializer[Any]]) -> dict[str, Any]:
        """The checked query parameters without those of paging; an unknown parameter is refused, not ignored."""
        given = {k: v for k, v in self.request.query_params.items() if k not in PAGING_PARAMETERS}
        serializer = serializer_class(data=given)
        serializer.is_valid(raise_exception=True)
        return dict(serializer.validated_data)

    def page(self, rows: QuerySet[Any, Any], serializer_class: type[BaseSerializer[Any]]) -> Response:
        """One page of `rows`, with links to its neighbours."""
        paginator = (self.pagination_class or TimeOrderedPagination)()
        page: Iterable[Model] = paginator.paginate_queryset(rows, self.request, view=self) or []
        return paginator.get_paginated_response(
            serializer_class(page, many=True, context={"request": self.request}).data
        )


def own(rows: QuerySet[M, M], row_id: UUID) -> M:
    """The row, if the open scope sees it; raises `NotFoundError` whether it is foreign or does not exist."""
    if (row := rows.filter(pk=row_id).first()) is None:
        raise NotFoundError
    return row


class AnyFormat(DefaultContentNegotiation):
    """A file is what it is, whatever the caller says it accepts; problems are JSON."""

    def select_renderer(
        self, request: Request, renderers: Iterable[BaseRenderer], format_suffix: str | None = None
    ) -> tuple[BaseRenderer, str]:
        """The first renderer."""
        renderer = next(iter(renderers))
        return renderer, renderer.media_type


class _UndoneError(Exception):
    def __init__(self, response: HttpResponseBase) -> None:
        self.response = response
        super().__init__()


def _kept(response: HttpResponseBase) -> HttpResponseBase:
    """The response, if what was written may stay; else it travels out through the transaction, undoing it."""
    if isinstance(response, StreamingHttpResponse) and not isinstance(response, FileResponse):
        message = "An operation must not stream; its rows would be read outside the scope."
        raise TypeError(message)
    if response.status_code >= 400:  # noqa: PLR2004  any refusal
        raise _UndoneError(response)
    return response
