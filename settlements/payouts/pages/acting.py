"""What every button of payouts does: ask a service, and say what happened."""

from collections.abc import Callable

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse

from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.http.requests import MemberRequest


def act(request: MemberRequest, service: Callable[[], str], *, back: str, **arguments: object) -> HttpResponse:
    """Run the service and show its sentence, or why it refused, on the page `back`. What is not found stays not found."""
    try:
        said = service()
    except NotFoundError:
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return HttpResponseRedirect(reverse(back, kwargs=arguments))


def require_host(request: MemberRequest) -> None:
    """Partners have no such pages."""
    if not request.organization.is_host:
        raise NotFoundError
