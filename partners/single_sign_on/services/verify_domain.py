"""An owner shows that a domain is the organization's own."""

from datetime import datetime
from uuid import UUID

from django.db import IntegrityError
from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, NotFoundError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import MailDomain
from partners.single_sign_on.verification import checker, proof_of


class ProofMissingError(DomainError):
    """The proof was not found at the domain."""

    code = "domain_proof_missing"
    sentence = _("The proof was not found there yet. Check the address and the line, then try again.")


class DomainTakenError(DomainError):
    """Another organization has verified the domain."""

    code = "domain_taken"
    sentence = _("Another organization has verified this domain already. If it is yours, write to the operator.")


def verify_domain(*, actor: Actor, domain_id: UUID, now: datetime) -> None:
    """Look for the proof at the domain; found, the domain is the organization's. Repeating it changes nothing.

    The look comes before any lock. Raises `NotFoundError`, `ProofMissingError`, `DomainTakenError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    domain = MailDomain.objects.filter(pk=domain_id).first()
    if domain is None:
        raise NotFoundError
    if domain.is_verified:
        return
    if not checker()(domain.name, proof_of(domain.token)):
        raise ProofMissingError
    try:
        with atomic():
            changed = MailDomain.objects.filter(pk=domain_id, verified_at=None).update(verified_at=now)
            if changed:
                audit.record(actor, "single_sign_on.domain_verified", domain, now=now, after={"name": domain.name})
    except IntegrityError as error:
        raise DomainTakenError from error
