"""An owner opens or closes the way in through the identity provider."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.access.services.change_second_factor_rule import locked_rules
from partners.models import IdentityProvider
from partners.single_sign_on.selectors import verified_domains


class SingleSignOnIncompleteError(DomainError):
    """There is no provider, or no domain it could vouch for."""

    code = "single_sign_on_incomplete"
    sentence = _("Name the identity provider and verify a domain first.")


class SingleSignOnRequiredByRuleError(DomainError):
    """Members would be locked out."""

    code = "single_sign_on_in_use"
    sentence = _("Members must sign in this way. Stop requiring it first.")


def change_single_sign_on(*, actor: Actor, is_enabled: bool, now: datetime) -> None:
    """Send people of the verified domains to the provider from now on, or no longer. What is so already stays.

    Raises `SingleSignOnIncompleteError`, `SingleSignOnRequiredByRuleError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    with atomic():
        rules = locked_rules(actor)
        provider = IdentityProvider.objects.first()
        if is_enabled and (provider is None or not verified_domains()):
            raise SingleSignOnIncompleteError
        if provider is None or (provider.enabled_at is not None) == is_enabled:
            return
        if not is_enabled and rules.requires_single_sign_on:
            raise SingleSignOnRequiredByRuleError
        provider.enabled_at = now if is_enabled else None
        provider.save(update_fields=["enabled_at"])
        action = "single_sign_on.enabled" if is_enabled else "single_sign_on.disabled"
        audit.record(actor, action, provider, now=now, after={"issuer": provider.issuer})
