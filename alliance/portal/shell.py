"""Pages of the shell itself: which language, which organization, and what people without one see."""

from typing import cast
from uuid import UUID

from django.conf import settings
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe
from django.views.i18n import set_language as django_set_language

from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY, PortalRequest
from partners.onboarding.selectors import intended_page
from partners.services.remember_language import remember_language


@require_POST
@login_required
def switch_organization(request: HttpRequest) -> HttpResponse:
    """Show the portal for another of the person's organizations from now on; 404 for one they don't belong to."""
    wanted = request.POST.get("organization_id", "")
    if wanted not in {str(m.organization.id) for m in cast("PortalRequest", request).memberships}:
        raise Http404(_("You are not a member of this organization."))
    request.session[ORGANIZATION_SESSION_KEY] = wanted
    return redirect("portal:home")


@require_POST
def set_language(request: HttpRequest) -> HttpResponse:
    """Show pages in another language, on the same page and query; mails to a signed-in person follow."""
    response = django_set_language(request)
    language = request.POST.get("language", "")
    is_oneself = cast("PortalRequest", request).viewing is None
    if request.user.is_authenticated and is_oneself and language in dict(settings.LANGUAGES):
        remember_language(user_id=request.user.pk, language=language)
    return response


@require_safe
@login_required
def no_organization(request: HttpRequest) -> HttpResponse:
    """Say to a person without any organization why there is nothing to see; who signed up to apply is led on to it."""
    if cast("PortalRequest", request).memberships:
        return redirect("portal:home")
    if slug := intended_page(cast("UUID", request.user.pk)):
        return redirect("portal:application_found", slug)
    return render(request, "portal/no_organization.html")
