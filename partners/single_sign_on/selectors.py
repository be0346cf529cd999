"""What is known of domains and providers. `find_sign_in_domain` is asked before anybody is signed in."""

from dataclasses import dataclass
from uuid import UUID

from alliance.kernel.tenancy.cursors import scoped_cursor
from partners.models import IdentityProvider, MailDomain, ProviderIdentity

_FIND = """
SELECT organization_id, organization_name, provider_id, requires_single_sign_on FROM partners_find_sign_in_domain(%s)
"""


@dataclass(frozen=True, slots=True)
class SignInDomain:
    """Whose identity provider vouches for addresses of a domain, and whether their people must sign in there."""

    organization_id: UUID
    organization_name: str
    provider_id: UUID
    requires_single_sign_on: bool


def find_sign_in_domain(domain: str) -> SignInDomain | None:
    """The organization that verified the domain and signs its people in by a provider. Needs no scope, and no person."""
    with scoped_cursor() as cursor:
        cursor.execute(_FIND, [domain])
        row = cursor.fetchone()
    return SignInDomain(*row) if row else None


def provider_of_organization() -> IdentityProvider | None:
    """The provider of the scope's organization."""
    return IdentityProvider.objects.first()


def verified_domains() -> frozenset[str]:
    """The domains that the scope's organization has verified."""
    return frozenset(MailDomain.objects.exclude(verified_at=None).values_list("name", flat=True))


def has_been_used() -> bool:
    """Whether anybody has signed in through the provider of the scope's organization."""
    return ProviderIdentity.objects.exists()
