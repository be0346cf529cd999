"""One sign-in through an identity provider, from sending the browser away to its coming back (authorization code, PKCE).

What ties the two together stands in the session, is used once, and dies after ten minutes. Between the look-ups in an
organization's scope and the questions to its provider no transaction is open.
"""

import hmac
import time
from dataclasses import asdict, dataclass
from typing import Final
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from alliance.kernel.errors import NotPermittedError
from alliance.kernel.sealing import unseal
from alliance.kernel.tenancy import organization_scope
from partners.single_sign_on.domain import SignInSecrets, VouchedPerson, sign_in_secrets
from partners.single_sign_on.providers import ProviderClient, authorization_address, exchange_code, metadata_of
from partners.single_sign_on.selectors import SignInDomain, provider_of_organization
from partners.single_sign_on.tokens import vouched_person

SESSION_KEY: Final = "single_sign_on"
_LASTS_SECONDS: Final = 600


class AnswerUnaskedError(NotPermittedError):
    """The browser brings an answer that it did not ask for, brings it twice, or comes too late."""

    code = "sign_in_unasked"
    sentence = _("This sign-in was not begun in this browser, or too long ago. Start again.")


class SignInDeclinedError(NotPermittedError):
    """The provider, or the person there, said no."""

    code = "sign_in_declined"
    sentence = _("Your identity provider did not let you in.")


class WrongIssuerError(NotPermittedError):
    """The answer says that it comes from another provider than the one asked."""

    code = "wrong_issuer"
    sentence = _("The answer came from another identity provider than the one that was asked. Start again.")


class SingleSignOnClosedError(NotPermittedError):
    """The organization has closed this way in meanwhile."""

    code = "single_sign_on_closed"
    sentence = _("This organization no longer signs its people in this way.")


@dataclass(frozen=True, slots=True)
class Pending:
    """A sign-in under way, as the session keeps it."""

    organization_id: str
    provider_id: str
    state: str
    nonce: str
    verifier: str
    began: int
    leads_to: str

    @property
    def secrets(self) -> SignInSecrets:
        """What ties the answer to the question."""
        return SignInSecrets(self.state, self.nonce, self.verifier)


@dataclass(frozen=True, slots=True)
class Answer:
    """Who came back, vouched for by whose provider, and where they wanted to go."""

    organization_id: UUID
    provider_id: UUID
    person: VouchedPerson
    leads_to: str


def begin(request: HttpRequest, found: SignInDomain, *, address: str, leads_to: str = "") -> str:
    """The address at the provider to which this browser is sent. Raises what asking the provider raises."""
    client = _client(found.organization_id, found.provider_id)
    metadata, secrets = metadata_of(client.issuer), sign_in_secrets()
    pending = Pending(
        str(found.organization_id),
        str(found.provider_id),
        secrets.state,
        secrets.nonce,
        secrets.verifier,
        int(time.time()),
        leads_to,
    )
    request.session[SESSION_KEY] = asdict(pending)
    redirect_uri = redirect_uri_of(found.provider_id)
    return authorization_address(metadata, client.client_id, secrets, redirect_uri=redirect_uri, login_hint=address)


def finish(request: HttpRequest, provider_id: UUID) -> Answer:
    """Whom the provider vouches for, in the browser that was sent there.

    Raises `AnswerUnaskedError`, `WrongIssuerError`, `SignInDeclinedError`, `SingleSignOnClosedError`, and what
    `exchange_code` and `vouched_person` raise.
    """
    pending = _taken(request, provider_id)
    client = _client(UUID(pending.organization_id), provider_id)
    metadata = metadata_of(client.issuer)
    told_issuer = request.GET.get("iss")
    if told_issuer != client.issuer and (told_issuer is not None or metadata.names_itself):
        raise WrongIssuerError
    code = request.GET.get("code", "")
    if not code or "error" in request.GET:
        raise SignInDeclinedError
    tokens = exchange_code(
        metadata, client, code=code, verifier=pending.verifier, redirect_uri=redirect_uri_of(provider_id)
    )
    person = vouched_person(tokens, metadata, client, nonce=pending.nonce)
    return Answer(UUID(pending.organization_id), provider_id, person, pending.leads_to)


def redirect_uri_of(provider_id: UUID) -> str:
    """Where the provider sends the browser back to: an address of its own for each, so that none can pass for another."""
    return settings.SITE_URL.rstrip("/") + reverse("portal:company_sign_in_answer", args=[provider_id])


def _taken(request: HttpRequest, provider_id: UUID) -> Pending:
    """The sign-in under way, taken out of the session whatever comes of it."""
    kept = request.session.pop(SESSION_KEY, None)
    if kept is None:
        raise AnswerUnaskedError
    pending = Pending(**kept)
    is_same = hmac.compare_digest(pending.state.encode(), request.GET.get("state", "").encode())
    is_recent = time.time() - pending.began < _LASTS_SECONDS
    if not is_same or not is_recent or pending.provider_id != str(provider_id):
        raise AnswerUnaskedError
    return pending


def _client(organization_id: UUID, provider_id: UUID) -> ProviderClient:
    """This installation as the provider knows it. Raises `SingleSignOnClosedError`."""
    with organization_scope(organization_id):
        provider = provider_of_organization()
    if provider is None or provider.pk != provider_id or provider.enabled_at is None:
        raise SingleSignOnClosedError
    secret = unseal(provider.sealed_secret, purpose=provider.secret_purpose)
    return ProviderClient(provider.issuer, provider.client_id, secret)
