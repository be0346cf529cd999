"""What strangers see of an alliance: its application page, and the step from there onto the installation."""

from typing import Final, cast
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.actor import member_actor
from alliance.kernel.clock import utc_now
from alliance.kernel.files import public_picture_response
from alliance.kernel.http.network import client_network
from alliance.kernel.http.problems import current_request_id
from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY, MembershipBrief
from alliance.kernel.ids import new_id
from alliance.kernel.permissions import Permission, Role, allows
from alliance.kernel.standing import OrganizationStatus
from alliance.kernel.tenancy import organization_scope
from partners.accounts import forget_page, remember_page
from partners.industries import industry_name
from partners.onboarding.domain.steps import Step
from partners.onboarding.forms import NewApplicantForm
from partners.onboarding.models import DocumentKind
from partners.onboarding.selectors import PublicPage, application_page
from partners.onboarding.services.found_applicant import NewApplicant, found_applicant
from partners.portal.limits import is_too_often
from partners.portal.submission import is_done, status_of
from partners.selectors import memberships_of

STARTS_PER_HOUR: Final = 10
PICTURE_SECONDS: Final = 3600


@require_safe
def page(request: HttpRequest, slug: str) -> HttpResponse:
    """The alliance in its host's words, what an applicant must bring, and the way in."""
    found = _page(slug)
    context = {
        "page": found,
        "introduction": found.introduction(get_language() or "en"),
        "industries": [industry_name(code) for code in found.industries],
        "documents": [DocumentKind(kind).label for kind in found.required_documents],
    }
    return render(request, "partners/onboarding/page.html", context)


@require_safe
def logo(request: HttpRequest, slug: str) -> HttpResponseBase:  # noqa: ARG001  Django passes it
    """The host's picture; 404 where there is none."""
    found = _page(slug)
    if found.logo is None:
        raise Http404
    return public_picture_response(found.logo, max_age_seconds=PICTURE_SECONDS)


@require_http_methods(["GET", "HEAD", "POST"])
def found(request: HttpRequest, slug: str) -> HttpResponse:
    """Begin: strangers sign up first; who is signed in names the company, or goes on with one of theirs."""
    shown = _page(slug)
    if not shown.is_open:
        return redirect("portal:application_page", slug)
    if not request.user.is_authenticated:
        remember_page(request, slug)
        return redirect("account_signup")
    own = _companies(request)
    if (chosen := request.POST.get("organization_id", "")) in {str(m.organization.id) for m in own}:
        request.session[ORGANIZATION_SESSION_KEY] = chosen
        return redirect("portal:application_start", slug)
    form = NewApplicantForm(request.POST or None, initial={"time_zone": _likely_zone()})
    context = {"page": shown, "form": form, "companies": own}
    if request.method == "POST" and is_too_often(request, "found_applicant", per_hour=STARTS_PER_HOUR):
        form.add_error(None, _("Too many applications were begun from here. Try again in an hour."))
        return render(request, "partners/onboarding/found.html", context, status=429)
    begun: list[UUID] = []
    if request.method == "POST" and is_done(form, lambda: begun.append(_begin(request, form, slug))):
        forget_page(request)
        return redirect("portal:application_step", begun[0], Step.COMPANY.value)
    return render(request, "partners/onboarding/found.html", context, status=status_of(form))


def _likely_zone() -> str:
    """Where a reader of this language most likely is; the form asks all the same."""
    return "Asia/Shanghai" if (get_language() or "").startswith("zh") else "UTC"


def _page(slug: str) -> PublicPage:
    found = application_page(slug=slug)
    if found is None:
        raise Http404
    return found


def _companies(request: HttpRequest) -> list[MembershipBrief]:
    """The partner companies for which this person may apply."""
    return [
        membership
        for membership in memberships_of(cast("UUID", request.user.pk))
        if not membership.organization.is_host
        and membership.organization.status in {OrganizationStatus.ACTIVE, OrganizationStatus.APPLYING}
        and allows(membership.role, Permission.APPLICATION_SUBMIT)
    ]


def _begin(request: HttpRequest, form: NewApplicantForm, slug: str) -> UUID:
    """Found the organization in a scope of its own: this page stands outside every organization's door."""
    organization_id = new_id()
    actor = member_actor(
        user_id=cast("UUID", request.user.pk),
        organization_id=organization_id,
        role=Role.OWNER,
        label=str(request.user),
        ip_prefix=client_network(request),
        request_id=current_request_id(),
        standing=OrganizationStatus.APPLYING,
    )
    with organization_scope(organization_id):
        application_id = found_applicant(
            actor=actor, applicant=NewApplicant(**form.cleaned_data), slug=slug, now=utc_now()
        )
    request.session[ORGANIZATION_SESSION_KEY] = str(organization_id)
    return application_id
