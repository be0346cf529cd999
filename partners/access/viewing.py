"""Beginning and ending a look through a member's eyes, as the session of an operator goes through it."""

from typing import cast
from uuid import UUID

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from alliance.kernel.actor import Actor, operator_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.http.problems import current_request_id
from alliance.kernel.http.requests import PortalRequest
from alliance.kernel.tenancy import organization_scope
from partners.access.admission import VIEWING_SESSION_KEY
from partners.access.services.end_viewing import end_viewing
from partners.access.services.start_viewing import start_viewing
from partners.models import Member


def begin(request: HttpRequest, member: Member, reason: str) -> None:
    """Show this operator's session the portal as the member sees it. Raises what `start_viewing` raises."""
    with organization_scope(member.organization_id):
        viewing_id = start_viewing(
            actor=_operator(request, member.organization_id), member_id=member.pk, reason=reason, now=utc_now()
        )
    request.session[VIEWING_SESSION_KEY] = str(viewing_id)


@require_POST
@login_required
def viewing_end(request: HttpRequest) -> HttpResponse:
    """Back to the operator's own account."""
    viewing = cast("PortalRequest", request).viewing
    if viewing is None:
        return redirect("portal:home")
    organization_id = viewing.membership.organization.id
    with organization_scope(organization_id):
        end_viewing(actor=_operator(request, organization_id), viewing_id=viewing.id, now=utc_now())
    del request.session[VIEWING_SESSION_KEY]
    messages.success(request, _("The view has ended. You are yourself again."))
    return redirect("admin:partners_member_changelist")


def _operator(request: HttpRequest, organization_id: UUID) -> Actor:
    user = request.user
    return operator_actor(
        user_id=cast("UUID", user.pk),
        organization_id=organization_id,
        label=str(user),
        request_id=current_request_id(),
    )
