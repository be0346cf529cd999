"""An owner names the organization's identity provider."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.http.outgoing import OutgoingError, check_url
from alliance.kernel.permissions import Permission
from alliance.kernel.sealing import seal
from alliance.kernel.tenancy import atomic
from partners.access.services.change_second_factor_rule import locked_rules
from partners.models import IdentityProvider
from partners.single_sign_on.domain import provider_id_for
from partners.single_sign_on.providers import ProviderMalformedError, ProviderUnreachableError, keys_of, metadata_of


@dataclass(frozen=True, slots=True)
class ProviderSettings:
    """The provider, and this installation as a client of it. An empty secret keeps the present one."""

    issuer: str
    client_id: str
    client_secret: str
    creates_members: bool = True


class SecretMissingError(InvalidInputError):
    """A new provider, or another client of it, has a secret of its own."""

    code = "client_secret_missing"
    sentence = _("Give the client's secret.")


class ProviderInUseError(DomainError):
    """Everybody depends on it."""

    code = "identity_provider_in_use"
    sentence = _("Single sign-on is required. Stop requiring it before you name another provider or client.")


def save_provider(*, actor: Actor, wanted: ProviderSettings, now: datetime) -> None:
    """Keep the provider, which must answer now; the secret is sealed. Another issuer or client forgets who was who.

    The look comes before any lock. Raises `SecretMissingError`, `ProviderInUseError`, `NotPermittedError`, and for the
    field `issuer` `ProviderUnreachableError`, `ProviderMalformedError`, or why its address is refused.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    _look(wanted.issuer)
    with atomic():
        rules = locked_rules(actor)
        provider = IdentityProvider.objects.first() or IdentityProvider(
            id=provider_id_for(actor.organization_id), organization_id=actor.organization_id
        )
        is_other = (provider.issuer, provider.client_id) != (wanted.issuer, wanted.client_id)
        if is_other and rules.requires_single_sign_on:
            raise ProviderInUseError
        if is_other and not wanted.client_secret:
            raise SecretMissingError(field="client_secret")
        before = _said(provider)
        provider.issuer, provider.client_id = wanted.issuer, wanted.client_id
        provider.creates_members, provider.changed_at = wanted.creates_members, now
        if wanted.client_secret:
            provider.sealed_secret = seal(wanted.client_secret, purpose=provider.secret_purpose)
        provider.save()
        if is_other:
            provider.identities.all().delete()
        after = {**_said(provider), "new_client_key": bool(wanted.client_secret)}
        audit.record(actor, "single_sign_on.provider_saved", provider, now=now, before=before, after=after)


def _look(issuer: str) -> None:
    try:
        check_url(issuer)
        keys_of(metadata_of(issuer, is_fresh=True), is_fresh=True)
    except (OutgoingError, ProviderUnreachableError, ProviderMalformedError) as error:
        raise type(error)(field="issuer") from error


def _said(provider: IdentityProvider) -> dict[str, object]:
    return {
        "issuer": provider.issuer,
        "client_id": provider.client_id,
        "creates_members": provider.creates_members,
    }
