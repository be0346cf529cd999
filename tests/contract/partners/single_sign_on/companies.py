"""Companies with a domain and a provider, and people of theirs who sign in."""

import re
from dataclasses import dataclass
from html import unescape
from urllib.parse import urlsplit
from uuid import uuid4

from django.http import HttpResponse
from django.test import Client
from django.urls import reverse

from alliance.kernel.permissions import Role
from alliance.kernel.sealing import seal
from alliance.kernel.tenancy import organization_scope
from partners.models import AccessRules, IdentityProvider, MailDomain, Member, User
from partners.single_sign_on.domain import provider_id_for
from partners.single_sign_on.flow import redirect_uri_of
from tests.cast import NOW, Party, member_of, partner_organization
from tests.identity_provider.running import Provider

SECRET = "the client's secret: % & /"


@dataclass(frozen=True)
class Company:
    """An organization with one verified domain, and its client at the provider."""

    party: Party
    provider: Provider
    domain: str
    client_id: str

    def address(self, name: str = "") -> str:
        return f"{name or uuid4().hex[:10]}@{self.domain}"

    def member(self, role: Role = Role.VIEWER, **options: str) -> User:
        """A member with a work address, at the provider too."""
        email = self.address()
        self.provider.person(email)
        user = member_of(self.party, role, email=email, **options)
        user.emailaddress_set.create(email=email, verified=True, primary=True)
        return user

    def require(self) -> None:
        with organization_scope(self.party.id):
            AccessRules.objects.update_or_create(
                organization_id=self.party.id, defaults={"requires_single_sign_on": True}
            )

    def configure(self, **columns: object) -> None:
        with organization_scope(self.party.id):
            IdentityProvider.objects.update(**columns)

    def roles(self, email: str) -> list[str]:
        with organization_scope(self.party.id):
            return list(Member.objects.filter(user__email=email).values_list("role", flat=True))


def company_of(
    provider: Provider, party: Party | None = None, *, secret: str = SECRET, kept: str | None = None
) -> Company:
    """`kept` is the secret that we keep, when it is not the one that the provider knows."""
    party = party or partner_organization(name="North Fitness")
    domain = f"{uuid4().hex[:12]}.example"
    provider_id = provider_id_for(party.id)
    client_id = provider.client(redirect_uri_of(provider_id), secret)
    with organization_scope(party.id):
        MailDomain.objects.create(organization_id=party.id, name=domain, token="t", verified_at=NOW)
        row = IdentityProvider(id=provider_id, organization_id=party.id, issuer=provider.issuer, client_id=client_id)
        row.sealed_secret, row.enabled_at = seal(kept or secret, purpose=row.secret_purpose), NOW
        row.save()
    return Company(party, provider, domain, client_id)


def ask(client: Client, email: str, *, leads_to: str = "") -> HttpResponse:
    """The visitor enters an address."""
    here = {"REMOTE_ADDR": f"2001:db8::{uuid4().hex[:4]}"}  # a visitor of its own to the rate limit
    return client.post(reverse("portal:company_sign_in"), {"email": email, "next": leads_to}, **here)


def question(client: Client, email: str, *, leads_to: str = "") -> str:
    """The address at the provider to which the visitor is sent."""
    page = ask(client, email, leads_to=leads_to).content.decode()
    found = re.search(r'href="([^"]+)"[^>]*data-goes-on', page)
    assert found, page
    return unescape(found[1])


def come_back(company: Company, client: Client, email: str, *, leads_to: str = "") -> HttpResponse:
    """The whole way: enter the address, sign in at the provider as its owner, come back."""
    return client.get(company.provider.answer_to(question(client, email, leads_to=leads_to), email))


def is_in(client: Client, name: str = "portal:members") -> bool:
    return client.get(reverse(name)).status_code == 200


def path_of(address: str) -> str:
    return urlsplit(address).path
