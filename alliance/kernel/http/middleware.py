"""Middleware that opens the operator's view for the console."""

from collections.abc import Callable, Mapping, Sequence

from django.conf import settings
from django.http import HttpRequest, HttpResponse

from alliance.kernel.tenancy import across_organizations

CONSOLE_PREFIX = "/admin/"
POLICY_HEADER = "Content-Security-Policy"


class OperatorConsoleMiddleware:
    """Everything under /admin/ runs on the operator's role and under the console's own content policy; nothing else does."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response
        self.policy = policy_text(settings.ADMIN_CONTENT_SECURITY_POLICY)

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if not request.path.startswith(CONSOLE_PREFIX):
            return self.get_response(request)
        with across_organizations(reason="operator console"):
            response = self.get_response(request)
        response.headers.setdefault(POLICY_HEADER, self.policy)
        return response


def policy_text(directives: Mapping[str, Sequence[str]]) -> str:
    """The header's text of a mapping from directive to sources."""
    return "; ".join(f"{name} {' '.join(sources)}" for name, sources in directives.items())
