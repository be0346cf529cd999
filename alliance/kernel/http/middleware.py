"""Middleware that opens the operator's view for the console."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse

from alliance.kernel.tenancy import across_organizations


class OperatorConsoleMiddleware:
    """Everything under /admin/ runs on the operator's role; nothing else does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith("/admin/"):
            return self.get_response(request)
        with across_organizations(reason="operator console"):
            return self.get_response(request)
