"""How people get a login: by invitation, or to apply to an alliance. allauth does the rest: sign-in, reset, verification, two factors."""

from typing import cast
from uuid import UUID

from allauth.account.adapter import DefaultAccountAdapter
from django.contrib import messages
from django.core.mail import EmailMessage
from django.forms import BaseForm
from django.http import HttpRequest
from django.http.response import HttpResponseBase
from django.shortcuts import redirect
from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from alliance.kernel.clock import utc_now
from alliance.kernel.errors import DomainError
from alliance.kernel.http.network import client_address, client_network
from alliance.kernel.http.requests import ORGANIZATION_SESSION_KEY
from alliance.kernel.tenancy import organization_scope
from partners.access.admission import OwnSignInRequiredError, SingleSignOnRequiredError
from partners.access.proofs import is_own_sign_in, vouching_organizations
from partners.invitation_tokens import token_sha256
from partners.models import User
from partners.onboarding.selectors import PublicPage, application_page
from partners.onboarding.services.remember_intent import remember_intent
from partners.selectors import FoundInvitation, find_invitation, language_of
from partners.services.accept_invitation import accept_invitation
from partners.services.remember_language import remember_language
from partners.single_sign_on.own_way import must_use_company

INVITATION_SESSION_KEY = "invitation"
PAGE_SESSION_KEY = "application_page"


def remember_invitation(request: HttpRequest, token: str) -> None:
    """Keep the link's secret in the session, so that signing up or in completes the invitation."""
    request.session[INVITATION_SESSION_KEY] = token


def remembered_invitation(request: HttpRequest) -> FoundInvitation | None:
    """The open invitation whose link this visitor has followed."""
    token = request.session.get(INVITATION_SESSION_KEY)
    found = find_invitation(token_sha256(token)) if token else None
    return found if found and found.is_open_at(utc_now()) else None


def remember_page(request: HttpRequest, slug: str) -> None:
    """Keep the application page on which this visitor wants to begin, so that signing up or in leads on to it."""
    request.session[PAGE_SESSION_KEY] = slug


def remembered_page(request: HttpRequest) -> PublicPage | None:
    """That page, while it takes applications."""
    slug = request.session.get(PAGE_SESSION_KEY)
    page = application_page(slug=slug) if slug else None
    return page if page is not None and page.is_open else None


def forget_page(request: HttpRequest) -> None:
    """The visitor has begun."""
    request.session.pop(PAGE_SESSION_KEY, None)


def complete_invitation(request: HttpRequest, invitation: FoundInvitation, user_id: UUID) -> None:
    """Make the person a member and show them that organization next.

    Raises what `accept_invitation` raises, and `OwnSignInRequiredError` for who came in by another organization's word.
    """
    if not is_own_sign_in(request) and invitation.organization_id not in vouching_organizations(request):
        raise OwnSignInRequiredError
    with organization_scope(invitation.organization_id):
        accept_invitation(
            invitation_id=invitation.id, user_id=user_id, ip_prefix=client_network(request), now=utc_now()
        )
    request.session.pop(INVITATION_SESSION_KEY, None)
    request.session[ORGANIZATION_SESSION_KEY] = str(invitation.organization_id)
    joined = _("You are now a member of %(organization)s.")
    messages.success(request, joined % {"organization": invitation.organization_name})


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]  # allauth has no types
    """allauth's adapter with this product's rules."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Only for those who hold an open invitation or want to apply to an alliance that takes applications."""
        return remembered_invitation(request) is not None or remembered_page(request) is not None

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """On to the application that somebody wants to begin, else where everybody goes."""
        page = remembered_page(request)
        if page is not None and remembered_invitation(request) is None:
            return reverse("portal:application_found", args=[page.slug])
        return cast("str", super().get_login_redirect_url(request))

    def is_email_verified(self, request: HttpRequest, email: str) -> bool:
        """The link came by mail to the invited address, so that address is proven."""
        invitation = remembered_invitation(request)
        return invitation is not None and invitation.email.lower() == email.lower()

    def save_user(self, request: HttpRequest, user: User, form: BaseForm, commit: bool = True) -> User:  # noqa: FBT001, FBT002  allauth's signature
        """The person with the name they gave and the language they read the page in."""
        user.full_name = str(form.cleaned_data.get("full_name", "")).strip()
        user.language = translation.get_language() or ""
        saved = cast("User", super().save_user(request, user, form, commit=commit))
        page = remembered_page(request)
        if page is not None and remembered_invitation(request) is None:
            remember_intent(user_id=saved.pk, slug=page.slug, now=utc_now())
        return saved

    def pre_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponseBase | None:
        """Send people whose organization answers for their address, and asks for its own sign-in, to its provider."""
        response = cast("HttpResponseBase | None", super().pre_login(request, user, **kwargs))
        if response is None and must_use_company(request, user):
            messages.error(request, str(SingleSignOnRequiredError()))
            return redirect("portal:company_sign_in")
        return response

    def post_login(self, request: HttpRequest, user: User, **kwargs: object) -> HttpResponseBase:
        """After every factor has been given: complete the invitation that led here, then go on."""
        response: HttpResponseBase = super().post_login(request, user, **kwargs)
        remember_language(user_id=user.pk, language=translation.get_language() or "")
        invitation = remembered_invitation(request)
        if invitation is not None:
            try:
                complete_invitation(request, invitation, user.pk)
            except DomainError as error:
                messages.error(request, str(error))
        return response

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, object],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """The mail in the language of the person it goes to."""
        address = email if isinstance(email, str) else email[0]
        with translation.override(language_of(address) or translation.get_language()):
            return cast("EmailMessage", super().render_mail(template_prefix, email, context, headers))

    def get_client_ip(self, request: HttpRequest) -> str:
        """The address that rate limits count, believing only trusted proxies."""
        return client_address(request)
