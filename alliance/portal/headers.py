"""What htmx needs from every response of the portal."""

import json
from collections.abc import Callable
from http import HTTPStatus

from django.conf import settings
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import resolve_url
from django.urls import reverse
from django.utils.cache import patch_cache_control, patch_vary_headers
from django_htmx.http import HttpResponseClientRedirect


class HtmxMiddleware:
    """Fragments and pages of one address never share a cache entry; messages and sign-in reach htmx requests too.

    - `Vary: HX-Request`, and `Cache-Control: private, no-cache` where a view said nothing.
    - A fragment carries pending messages in `HX-Trigger`, where `toasts.js` shows them.
    - A redirect to sign-in becomes a redirect of the whole page, which comes back to where the person was. So does one
      to the page that says what an organization asks for before it opens.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        patch_vary_headers(response, ["HX-Request"])
        if not response.has_header("Cache-Control") and not request.path.startswith(settings.STATIC_URL):
            patch_cache_control(response, private=True, no_cache=True)
        if request.headers.get("HX-Request") != "true":
            return response
        if _leads_to(response, resolve_url(settings.LOGIN_URL)):
            return _sign_in_and_return(request)
        if _leads_to(response, reverse("portal:access")):
            return HttpResponseClientRedirect(reverse("portal:access"))
        _attach_messages(request, response)
        return response


def _leads_to(response: HttpResponse, address: str) -> bool:
    return response.status_code == HTTPStatus.FOUND and response.headers.get("Location", "").startswith(address)


def _sign_in_and_return(request: HttpRequest) -> HttpResponse:
    from django.contrib.auth.views import redirect_to_login

    place = request.htmx.current_url_abs_path or "/"  # type: ignore[attr-defined]
    return HttpResponseClientRedirect(redirect_to_login(place).url)


def _attach_messages(request: HttpRequest, response: HttpResponse) -> None:
    """Say what is pending; after a redirect the next page says it."""
    if response.status_code >= HTTPStatus.MULTIPLE_CHOICES or "HX-Trigger" in response.headers:
        return
    if pending := [{"text": str(m), "level": m.level_tag} for m in messages.get_messages(request)]:
        response.headers["HX-Trigger"] = json.dumps({"portal:messages": {"messages": pending}})
