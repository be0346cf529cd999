"""The host's application page: what visitors see, the logo, and whom the rules let in."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import NotFoundError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission
from partners.mails import page_address
from partners.models import Alliance
from partners.onboarding.domain.colours import SAFE_COLOURS
from partners.onboarding.host_forms import ApplicationPageForm, EligibilityForm, LogoForm, eligibility_initial
from partners.onboarding.models import ApplicationPage, required_at_first
from partners.onboarding.selectors import page_of
from partners.onboarding.services.save_application_page import PageContent, save_application_page
from partners.onboarding.services.save_eligibility import save_eligibility
from partners.onboarding.services.set_page_logo import set_page_logo
from partners.portal.submission import UNPROCESSABLE, is_done, status_of
from partners.services.open_alliance import HostOnlyError

CONTENT = tuple(PageContent.__dataclass_fields__)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def page_edit(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Make the page or change it."""
    alliance = _hosted(request, alliance_id)
    form = ApplicationPageForm(request.POST or None, initial=_initial(alliance))
    if request.method == "POST" and is_done(
        form,
        lambda: save_application_page(
            actor=request.actor, alliance_id=alliance_id, content=_content(form.cleaned_data), now=utc_now()
        ),
    ):
        messages.success(request, _("The page is saved."))
        return redirect("portal:application_page_edit", alliance_id)
    return _shown(request, alliance, form, LogoForm(), status=status_of(form))


@require_POST
@member_view(Permission.ALLIANCE_MANAGE)
def logo_set(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Put a logo on the page, or take it off."""
    alliance = _hosted(request, alliance_id)
    if request.POST.get("remove"):
        set_page_logo(actor=request.actor, alliance_id=alliance_id, content=None, now=utc_now())
        messages.success(request, _("The logo is removed."))
        return redirect("portal:application_page_edit", alliance_id)
    form = LogoForm(request.POST, request.FILES)
    if is_done(
        form,
        lambda: set_page_logo(
            actor=request.actor,
            alliance_id=alliance_id,
            content=form.cleaned_data["logo"],
            name=form.cleaned_data["logo"].name,
            now=utc_now(),
        ),
    ):
        messages.success(request, _("The logo is saved."))
        return redirect("portal:application_page_edit", alliance_id)
    page_form = ApplicationPageForm(initial=_initial(alliance))
    return _shown(request, alliance, page_form, form, status=UNPROCESSABLE)


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ALLIANCE_MANAGE)
def eligibility(request: MemberRequest, alliance_id: UUID) -> HttpResponse:
    """Whom the alliance takes in by itself, and whom it turns away."""
    alliance = _hosted(request, alliance_id)
    page = page_of(alliance_id)
    if page is None:
        messages.error(request, _("Make the application page first; the rules belong to it."))
        return redirect("portal:application_page_edit", alliance_id)
    form = EligibilityForm(request.POST or None, initial=eligibility_initial(page.rules))
    if request.method == "POST" and is_done(
        form,
        lambda: save_eligibility(actor=request.actor, alliance_id=alliance_id, rules=form.rules(), now=utc_now()),
    ):
        messages.success(request, _("The rules are saved. They judge applications that come in from now on."))
        return redirect("portal:eligibility", alliance_id)
    context = {"alliance": alliance, "form": form}
    return render(request, "partners/onboarding/eligibility.html", context, status=status_of(form))


def _content(data: dict[str, Any]) -> PageContent:
    given: dict[str, Any] = {
        name: tuple(data[name]) if isinstance(data[name], list) else data[name] for name in CONTENT
    }
    return PageContent(**given)


def _initial(alliance: Alliance) -> dict[str, object]:
    page = page_of(alliance.pk)
    if page is None:
        return {"display_name": alliance.name, "required_documents": required_at_first(), "is_open": True}
    return {name: getattr(page, name) for name in CONTENT}


def _shown(
    request: MemberRequest, alliance: Alliance, form: ApplicationPageForm, logo_form: LogoForm, *, status: int
) -> HttpResponse:
    page: ApplicationPage | None = page_of(alliance.pk)
    context = {
        "alliance": alliance,
        "page": page,
        "has_logo": page is not None and hasattr(page, "logo"),
        "address": page_address("application_page", page.slug) if page else "",
        "form": form,
        "logo_form": logo_form,
        "safe_colours": SAFE_COLOURS,
    }
    return render(request, "partners/onboarding/page_edit.html", context, status=status)


def _hosted(request: MemberRequest, alliance_id: UUID) -> Alliance:
    found = Alliance.objects.filter(pk=alliance_id).first()
    if found is None:
        raise NotFoundError
    if found.host_id != request.organization.id:
        raise HostOnlyError
    return found
