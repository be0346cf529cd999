"""Errors of the API as RFC 9457 problem+json: one shape for every refusal.

`code` is stable and meant for programs; `title` and `detail` are for people, in the request's language.
"""

import logging
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, field
from typing import Final

import structlog
from django.core.exceptions import PermissionDenied
from django.core.signals import got_request_exception
from django.http import Http404
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _
from rest_framework import exceptions
from rest_framework.response import Response

from alliance.kernel.errors import DomainError

PROBLEM_CONTENT_TYPE: Final = "application/problem+json"
TYPE_PREFIX: Final = "urn:partner-alliance:problem:"
_logger = logging.getLogger(__name__)

_TITLES: Final[Mapping[int, str | Promise]] = {
    400: _("The request could not be read"),
    401: _("Sign in or send an API key"),
    403: _("Not allowed"),
    404: _("Not found"),
    405: _("This method is not offered here"),
    406: _("None of the accepted formats is offered"),
    409: _("The present state does not allow this"),
    410: _("No longer there"),
    412: _("It has changed since you read it"),
    413: _("The request is too large"),
    415: _("This kind of content is not understood"),
    422: _("The input is not valid"),
    428: _("Say which version you have read"),
    429: _("Too many requests"),
    500: _("Something went wrong on our side"),
}
_CODES: Final[Mapping[type[exceptions.APIException], str]] = {
    exceptions.NotAuthenticated: "not_authenticated",
    exceptions.PermissionDenied: "not_permitted",
    exceptions.NotFound: "not_found",
    exceptions.ParseError: "malformed_request",
    exceptions.MethodNotAllowed: "method_not_allowed",
    exceptions.NotAcceptable: "not_acceptable",
    exceptions.UnsupportedMediaType: "unsupported_media_type",
    exceptions.Throttled: "too_many_requests",
}


@dataclass(frozen=True, slots=True)
class FieldProblem:
    """What is wrong with one input. `field` is a dotted path, such as `shares.0.share`; empty for the whole."""

    field: str
    code: str
    detail: str


@dataclass(frozen=True, slots=True)
class Problem:
    """One refusal, before it is written."""

    status: int
    code: str
    detail: str
    errors: tuple[FieldProblem, ...] = ()
    headers: Mapping[str, str] = field(default_factory=dict)

    def body(self) -> dict[str, object]:
        """The members of the JSON object; `errors` stands only where single inputs are to blame."""
        members: dict[str, object] = {
            "type": f"{TYPE_PREFIX}{self.code}",
            "title": str(_TITLES.get(self.status, _("This is not possible."))),
            "status": self.status,
            "code": self.code,
            "detail": self.detail,
            "request_id": current_request_id(),
        }
        if self.errors:
            members["errors"] = [asdict(error) for error in self.errors]
        return members


def current_request_id() -> str:
    """The id the logs carry for the request being handled; empty outside a request."""
    return str(structlog.contextvars.get_contextvars().get("request_id", ""))


def problem_response(error: Exception, context: Mapping[str, object]) -> Response:
    """The answer to any exception of an operation. An unknown one is logged and answered 500 without a word about why."""
    problem = _problem_of(error)
    if problem.status >= 500:  # noqa: PLR2004  any server error
        _report(error, context)
    return Response(
        problem.body(), status=problem.status, headers=dict(problem.headers), content_type=PROBLEM_CONTENT_TYPE
    )


def _report(error: Exception, context: Mapping[str, object]) -> None:
    _logger.error("api_operation_failed", exc_info=error)
    request = getattr(context.get("request"), "_request", None)
    got_request_exception.send(sender=type(context.get("view")), request=request)


def _problem_of(error: Exception) -> Problem:
    if isinstance(error, DomainError):
        return _domain_problem(error)
    if isinstance(error, Http404):
        error = exceptions.NotFound()
    elif isinstance(error, PermissionDenied):
        error = exceptions.PermissionDenied()
    if isinstance(error, exceptions.ValidationError):
        errors = tuple(field_problems(error.detail))
        return Problem(422, "invalid_input", str(_("Some values are not valid; `errors` names each.")), errors)
    if isinstance(error, exceptions.APIException):
        return Problem(error.status_code, _code_of(error), _sentence(error), headers=_headers_of(error))
    return Problem(500, "internal_error", str(_("The failure has been recorded; the request id names it.")))


def _domain_problem(error: DomainError) -> Problem:
    errors = tuple(FieldProblem(refusal.field, refusal.code, str(refusal.sentence)) for refusal in error.refusals)
    return Problem(error.status, error.code, str(error.detail), errors)


def _code_of(error: exceptions.APIException) -> str:
    if isinstance(error.detail, exceptions.ErrorDetail) and error.detail.code != error.default_code:
        return str(error.detail.code)
    return _CODES.get(type(error), error.default_code)


def _sentence(error: exceptions.APIException) -> str:
    return str(error.detail) if isinstance(error.detail, str) else str(error.default_detail)


def _headers_of(error: exceptions.APIException) -> dict[str, str]:
    headers: dict[str, str] = {}
    if auth_header := getattr(error, "auth_header", None):
        headers["WWW-Authenticate"] = str(auth_header)
    if wait := getattr(error, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return headers


def field_problems(detail: object, path: str = "") -> Iterator[FieldProblem]:
    """A serializer's errors, each with its dotted path."""
    if isinstance(detail, exceptions.ErrorDetail):
        yield FieldProblem(path, str(detail.code), str(detail))
    elif isinstance(detail, Mapping):
        for key, inner in detail.items():
            yield from field_problems(inner, path if key == "non_field_errors" else _join(path, str(key)))
    elif isinstance(detail, Sequence):
        for index, inner in enumerate(detail):
            is_leaf = isinstance(inner, exceptions.ErrorDetail)
            yield from field_problems(inner, path if is_leaf else _join(path, str(index)))


def _join(path: str, key: str) -> str:
    return f"{path}.{key}" if path else key
