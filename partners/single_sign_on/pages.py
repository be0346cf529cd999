"""The owner's pages of single sign-on: domains, identity provider, and what is asked of members."""

from collections.abc import Callable
from uuid import UUID

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError, NotFoundError, NotPermittedError
from alliance.kernel.http.doors import member_view
from alliance.kernel.http.requests import MemberRequest
from alliance.kernel.permissions import Permission, Role
from partners.access.proofs import second_factors_of
from partners.access.selectors import rules_of_organization
from partners.models import MailDomain, Member
from partners.portal.submission import is_done, status_of
from partners.single_sign_on.domain import domain_of, provider_id_for
from partners.single_sign_on.flow import redirect_uri_of
from partners.single_sign_on.forms import DomainForm, ProviderForm
from partners.single_sign_on.selectors import has_been_used, provider_of_organization, verified_domains
from partners.single_sign_on.services.add_domain import add_domain
from partners.single_sign_on.services.change_single_sign_on import change_single_sign_on
from partners.single_sign_on.services.change_single_sign_on_rule import change_single_sign_on_rule
from partners.single_sign_on.services.remove_domain import remove_domain
from partners.single_sign_on.services.save_provider import ProviderSettings, save_provider
from partners.single_sign_on.services.verify_domain import verify_domain
from partners.single_sign_on.verification import file_address, proof_of


@require_safe
@member_view(Permission.ORGANIZATION_MANAGE)
def single_sign_on(request: MemberRequest) -> HttpResponse:
    """Everything about it on one page, in the order in which it is set up."""
    return render(request, "partners/single_sign_on.html", _overview(request, DomainForm()))


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def domain_add(request: MemberRequest) -> HttpResponse:
    """Add a domain."""
    form = DomainForm(request.POST)
    if is_done(form, lambda: add_domain(actor=request.actor, name=form.cleaned_data["name"], now=utc_now())):
        messages.success(request, _("The domain is added. Show next that it is yours."))
        return redirect("portal:single_sign_on")
    return render(request, "partners/single_sign_on.html", _overview(request, form), status=status_of(form))


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def domain_verify(request: MemberRequest, domain_id: UUID) -> HttpResponse:
    """Look for the proof."""
    return _acted(
        request,
        lambda: verify_domain(actor=request.actor, domain_id=domain_id, now=utc_now()),
        _("The domain is verified."),
    )


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def domain_remove(request: MemberRequest, domain_id: UUID) -> HttpResponse:
    """Give a domain up."""
    return _acted(
        request,
        lambda: remove_domain(actor=request.actor, domain_id=domain_id, now=utc_now()),
        _("The domain is removed."),
    )


@require_http_methods(["GET", "HEAD", "POST"])
@member_view(Permission.ORGANIZATION_MANAGE)
def identity_provider(request: MemberRequest) -> HttpResponse:
    """Name the provider; its secret is taken and never shown."""
    provider = provider_of_organization()
    initial = (
        {field: getattr(provider, field) for field in ("issuer", "client_id", "creates_members")} if provider else {}
    )
    form = ProviderForm(request.POST or None, initial=initial, has_secret=provider is not None)
    if request.method == "POST" and is_done(
        form,
        lambda: save_provider(actor=request.actor, wanted=ProviderSettings(**form.cleaned_data), now=utc_now()),
    ):
        messages.success(request, _("The identity provider is saved. It answered."))
        return redirect("portal:single_sign_on")
    context = {"form": form, "redirect_uri": redirect_uri_of(provider_id_for(request.organization.id))}
    return render(request, "partners/identity_provider.html", context, status=status_of(form))


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def single_sign_on_switch(request: MemberRequest) -> HttpResponse:
    """Open this way in, or close it."""
    is_enabled = request.POST.get("enabled") == "yes"
    said = _("People of your domains can sign in this way now.") if is_enabled else _("This way in is closed.")
    return _acted(
        request, lambda: change_single_sign_on(actor=request.actor, is_enabled=is_enabled, now=utc_now()), said
    )


@require_POST
@member_view(Permission.ORGANIZATION_MANAGE)
def single_sign_on_rule(request: MemberRequest) -> HttpResponse:
    """Ask every member to come in this way, or stop asking."""
    is_required = request.POST.get("required") == "yes"
    said = (
        _("From now on members come in through your identity provider. They were told by mail.")
        if is_required
        else _("Members may sign in otherwise again.")
    )
    return _acted(
        request, lambda: change_single_sign_on_rule(actor=request.actor, is_required=is_required, now=utc_now()), said
    )


def _acted(request: MemberRequest, act: Callable[[], None], said: str) -> HttpResponse:
    """Back to the page, with what was done or why not."""
    try:
        act()
    except (NotFoundError, NotPermittedError):
        raise
    except DomainError as error:
        messages.error(request, str(error))
    else:
        messages.success(request, said)
    return redirect("portal:single_sign_on")


def _shut_out(domains: frozenset[str]) -> list[str]:
    """The addresses of members who could not come in if single sign-on were required."""
    people = list(Member.objects.values_list("user_id", "user__email", "role"))
    owners = second_factors_of([person for person, _email, role in people if role == Role.OWNER])
    return sorted(email for person, email, _role in people if domain_of(email) not in domains and person not in owners)


def _overview(request: MemberRequest, form: DomainForm) -> dict[str, object]:
    provider = provider_of_organization()
    domains = verified_domains()
    return {
        "form": form,
        "domains": [(d, file_address(d.name), proof_of(d.token)) for d in MailDomain.objects.all()],
        "provider": provider,
        "redirect_uri": redirect_uri_of(provider_id_for(request.organization.id)),
        "can_enable": provider is not None and bool(domains),
        "has_been_used": has_been_used(),
        "has_second_factor": request.actor.has_second_factor,
        "rules": rules_of_organization(),
        "outside": _shut_out(domains),
        "own_address": getattr(request.user, "email", ""),
    }
