"""An owner says that a domain is the organization's own."""

import secrets
from datetime import datetime
from typing import Final
from uuid import UUID

from django.utils.translation import gettext_lazy as _

from alliance.kernel import audit
from alliance.kernel.actor import Actor
from alliance.kernel.errors import DomainError, InvalidInputError
from alliance.kernel.permissions import Permission
from alliance.kernel.tenancy import atomic
from partners.models import MailDomain, Organization
from partners.single_sign_on.domain import MailDomainMalformedError, mail_domain

MOST_DOMAINS: Final = 50


class DomainMalformedError(InvalidInputError):
    """This is no domain."""

    code = "domain_malformed"
    sentence = _("This is not a domain, such as company.example.")


class TooManyDomainsError(DomainError):
    """No organization has so many."""

    code = "too_many_domains"
    sentence = _("An organization can add at most 50 domains.")


def add_domain(*, actor: Actor, name: str, now: datetime) -> UUID:
    """Add the domain, to be verified next; returns its id. Adding it again gives the same one and changes nothing.

    Raises `DomainMalformedError`, `TooManyDomainsError`, `NotPermittedError`.
    """
    actor.require(Permission.ORGANIZATION_MANAGE)
    try:
        spelled = mail_domain(name)
    except MailDomainMalformedError as error:
        raise DomainMalformedError(field="name") from error
    with atomic():
        organization = Organization.objects.select_for_update().get(pk=actor.organization_id)
        if (present := MailDomain.objects.filter(name=spelled).first()) is not None:
            return present.pk
        if MailDomain.objects.count() >= MOST_DOMAINS:
            raise TooManyDomainsError(field="name")
        domain = MailDomain.objects.create(
            organization=organization, name=spelled, token=secrets.token_hex(24), created_at=now
        )
        audit.record(actor, "single_sign_on.domain_added", domain, now=now, after={"name": spelled})
    return domain.pk
