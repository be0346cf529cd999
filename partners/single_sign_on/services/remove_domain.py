"""An owner gives a domain up."""

from datetime import datetime
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.access.services.change_second_factor_rule import locked_rules
from partners.models import MailDomain
from partners.single_sign_on.selectors import verified_domains


class LastDomainError(DomainError):
    """Nobody could sign in any more."""

    code = "last_domain"
    sentence = _("Single sign-on is required and this is its last verified domain. Stop requiring it first.")


def remove_domain(*, actor: Actor, domain_id: UUID, now: datetime) -> None:
    """Take the domain off: its addresses are no longer sent to the provider, and another organization may verify it.

    Raises `NotFoundError`, `LastDomainError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    with atomic():
        rules = locked_rules(actor)
        domain = MailDomain.objects.filter(pk=domain_id).first()
        if domain is None:
            raise NotFoundError
        if rules.requires_single_sign_on and verified_domains() == {domain.name}:
            raise LastDomainError
        before = {"name": domain.name, "verified_at": domain.verified_at}
        audit.record(actor, "single_sign_on.domain_removed", domain, now=now, before=before)
        domain.delete()
