"""The organization's security page: what it asks of its members before it opens."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.access.proofs import second_factors_of
from partners.access.selectors import rules_of_organization
from partners.access.services.change_second_factor_rule import change_second_factor_rule
from partners.models import Member
from partners.single_sign_on.selectors import provider_of_organization


@require_safe
@member_view(Permission.ORGANIZATION_MANAGE)
def security(request: MemberRequest) -> HttpResponse:
    """What the organization asks for, and who would be led to set up something first."""
    people = list(Member.objects.values_list("user_id", flat=True))
    context = {
        "rules": rules_of_organization(),
        "provider": provider_of_organization(),
        "has_second_factor": request.actor.has_second_factor,
        "people_count": len(people),
        "without_second_factor_count": len(people) - len(second_factors_of(people)),
    }
    return render(request, "partners/security.html", context)


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def security_second_factor(request: MemberRequest) -> HttpResponse:
    """Ask every member for a second factor, or stop asking."""
    is_required = request.POST.get("required") == "yes"
    change_second_factor_rule(actor=request.actor, is_required=is_required, now=utc_now())
    if is_required:
        messages.success(
            request, _("From now on every member needs a second factor. Those without one were told by mail.")
        )
    else:
        messages.success(request, _("A second factor is no longer needed."))
    return redirect("portal:security")
