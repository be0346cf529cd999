"""Pages for what went wrong outside any view: a forged form, an unknown address, a failure of ours."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.template.loader import render_to_string


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001  Django passes it
    """The form's token is missing or old; typed input is still in the browser's previous page."""
    return render(request, "403_csrf.html", status=403)


def server_error(_request: HttpRequest) -> HttpResponse:
    """Our own failure. The page asks neither database nor session, for they may be what failed."""
    from alliance.kernel.http.problems import current_request_id

    return HttpResponse(render_to_string("500.html", {"request_id": current_request_id()}), status=500)
