"""An owner asks every member to sign in through the identity provider, or no longer does."""

from datetime import datetime

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor, SecondFactorRequiredError
from alliance.kernel.errors import DomainError
from alliance.kernel.events import publish
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.access.services.change_second_factor_rule import locked_rules
from partners.events import SingleSignOnAsked
from partners.models import Member
from partners.single_sign_on.selectors import has_been_used, provider_of_organization


class SingleSignOnUntriedError(DomainError):
    """Nobody has come in this way yet, so nobody knows whether it works."""

    code = "single_sign_on_untried"
    sentence = _("Sign in through the identity provider once before you require it of everybody.")


def change_single_sign_on_rule(*, actor: Actor, is_required: bool, now: datetime) -> None:
    """Set whether the organization opens only to members whom its provider vouches for; at once, and told by mail.

    Owners keep another way, their password with a second factor: so who sets this must have given one. Raises
    `SecondFactorRequiredError`, `SingleSignOnUntriedError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    with atomic():
        rules = locked_rules(actor)
        if rules.requires_single_sign_on == is_required:
            return
        if is_required:
            _check(actor)
        rules.requires_single_sign_on = is_required
        rules.save()
        action = "organization.single_sign_on_required" if is_required else "organization.single_sign_on_optional"
        audit.record(actor, action, rules.organization, now=now, after={"requires_single_sign_on": is_required})
        if is_required:
            for member_id in Member.objects.values_list("id", flat=True):
                publish(SingleSignOnAsked(member_id=str(member_id)), now=now)


def _check(actor: Actor) -> None:
    if actor.role is not None and not actor.has_second_factor:
        raise SecondFactorRequiredError
    provider = provider_of_organization()
    if provider is None or provider.enabled_at is None or not has_been_used():
        raise SingleSignOnUntriedError
