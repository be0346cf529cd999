"""The organization's own settings."""

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods

from alliance.kernel.clock import utc_now
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.forms import OrganizationForm
from partners.models import Organization
from partners.portal.submission import is_done, status_of
from partners.services.change_organization import OrganizationSettings, change_organization


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORGANIZATION_MANAGE)
def organization(request: MemberRequest) -> HttpResponse:
    """Name, industry, country and time zone; and the number by which a host adds this organization."""
    own = Organization.objects.get(pk=request.organization.id)
    initial = {field: getattr(own, field) for field in ("name", "industry", "country", "time_zone")}
    form = OrganizationForm(request.POST or None, initial=initial)
    if request.method == "POST" and is_done(
        form,
        lambda: change_organization(
            actor=request.actor, wanted=OrganizationSettings(**form.cleaned_data), now=utc_now()
        ),
    ):
        messages.success(request, _("The settings are saved."))
        return redirect("portal:organization")
    return render(request, "partners/organization.html", {"form": form, "organization": own}, status=status_of(form))
