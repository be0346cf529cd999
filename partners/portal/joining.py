"""Ways in: the link of an invitation, and the application of a company that asks to host. Open to strangers."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from partners.accounts import complete_invitation, remember_invitation
from partners.forms import ApplyForm
from partners.invitation_tokens import token_sha256
from partners.portal.limits import is_too_often
from partners.portal.submission import is_done, status_of
from partners.selectors import FoundInvitation, find_invitation, has_login
from partners.services.submit_host_application import HostApplicationForm, submit_host_application
from partners.single_sign_on.domain import domain_of
from partners.single_sign_on.selectors import find_sign_in_domain

APPLICATIONS_PER_HOUR = 5
GONE = 410


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
def join(request: HttpRequest, token: str) -> HttpResponse:
    """Follow an invitation's link: sign up, sign in, or join with one click when the right person is signed in."""
    invitation = find_invitation(token_sha256(token))
    if invitation is None:
        raise Http404
    if not invitation.is_open_at(utc_now()):
        return render(request, "partners/join_closed.html", {"invitation": invitation}, status=GONE)
    remember_invitation(request, token)
    if request.method == "POST":
        return _join_now(request, invitation, token)
    user = request.user
    context = {
        "invitation": invitation,
        "is_right_person": user.is_authenticated and user.email.lower() == invitation.email.lower(),
        "has_login": has_login(invitation.email),
        "here": reverse("portal:join", args=[token]),
        "by_company": _signs_in_by_company(invitation),
    }
    return render(request, "partners/join.html", context)


def _signs_in_by_company(invitation: FoundInvitation) -> bool:
    """Whether the inviting organization answers for the invited address by its own identity provider."""
    found = find_sign_in_domain(domain_of(invitation.email))
    return found is not None and found.organization_id == invitation.organization_id


def _join_now(request: HttpRequest, invitation: FoundInvitation, token: str) -> HttpResponse:
    if not request.user.is_authenticated:
        return redirect("portal:join", token)
    try:
        complete_invitation(request, invitation, request.user.pk)
    except DomainError as error:
        messages.error(request, str(error))
        return redirect("portal:join", token)
    return redirect("portal:home")


@require_http_methods(["GET", "HEAD", "POST"])
def apply(request: HttpRequest) -> HttpResponse:
    """Ask to host. It gives no access; an operator decides. Companies that want to join apply to the host itself."""
    form = ApplyForm(request.POST or None)
    if request.method == "POST" and is_too_often(request, "apply", per_hour=APPLICATIONS_PER_HOUR):
        form.add_error(None, _("Too many applications came from here. Try again in an hour."))
        return render(request, "partners/apply.html", {"form": form}, status=429)
    if request.method == "POST" and is_done(form, lambda: _submit(form)):
        return redirect("portal:applied")
    return render(request, "partners/apply.html", {"form": form}, status=status_of(form))


@require_safe
def applied(request: HttpRequest) -> HttpResponse:
    """What happens next."""
    return render(request, "partners/applied.html")


def _submit(form: ApplyForm) -> None:
    data = form.cleaned_data
    application = HostApplicationForm(
        organization_name=data["organization_name"],
        contact_name=data["contact_name"],
        contact_email=data["contact_email"],
        time_zone=data["time_zone"],
        country=data["country"],
        language=get_language() or "en",
        message=data["message"],
    )
    submit_host_application(application=application, now=utc_now())
