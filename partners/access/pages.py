"""Pages about coming in: what an organization asks for, and a person's own sessions."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.actor import SecondFactorRequiredError
from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.requests import PortalRequest
from partners.access.selectors import sessions_of
from partners.access.services.end_other_sessions import end_other_sessions
from partners.access.services.end_session import end_session
from partners.access.steps import second_factor_step


@require_safe
@login_required
def access(request: HttpRequest) -> HttpResponse:
    """Say what the chosen organization asks for before it opens, and lead there."""
    barrier = cast("PortalRequest", request).barrier
    if barrier is None:
        return redirect("portal:home")
    if isinstance(barrier, SecondFactorRequiredError):
        context = {"refusal": barrier, "step": second_factor_step(request)}
        return render(request, "portal/second_factor_needed.html", context)
    return render(request, "partners/access_needed.html", {"refusal": barrier})


@require_safe
@login_required
def sessions(request: HttpRequest) -> HttpResponse:
    """Where the person is signed in."""
    rows = sessions_of(cast("UUID", request.user.pk), now=utc_now())
    context = {"sessions": [(row, row.session_key == request.session.session_key) for row in rows]}
    return render(request, "partners/sessions.html", context)


@require_POST
@login_required
def session_end(request: HttpRequest, public_id: UUID) -> HttpResponse:
    """Sign one browser out."""
    try:
        end_session(user_id=cast("UUID", request.user.pk), public_id=public_id)
    except NotFoundError:
        messages.info(request, _("This session has ended already."))
    else:
        messages.success(request, _("That browser is signed out."))
    return redirect("portal:sessions")


@require_POST
@login_required
def sessions_end(request: HttpRequest) -> HttpResponse:
    """Sign every other browser out."""
    kept = request.session.session_key or ""
    count = end_other_sessions(user_id=cast("UUID", request.user.pk), kept_key=kept)
    said = ngettext("%(count)d other session has ended.", "%(count)d other sessions have ended.", count)
    messages.success(request, said % {"count": count})
    return redirect("portal:sessions")
