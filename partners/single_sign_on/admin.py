"""Single sign-on in the operator console: whose domain is whose, and who signs in where. No secret is ever shown."""

from typing import ClassVar

from django.contrib import admin

from alliance.kernel.http.console import ReadOnlyConsole
from partners.models import IdentityProvider, MailDomain, ProviderIdentity


@admin.register(MailDomain)
class MailDomainConsole(ReadOnlyConsole):
    """Domains, verified and waiting."""

    list_display: ClassVar = ["name", "organization", "created_at", "verified_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["name__icontains", "organization__name__icontains"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = ["id", "organization", "name", "created_at", "verified_at"]


@admin.register(IdentityProvider)
class IdentityProviderConsole(ReadOnlyConsole):
    """Where organizations sign their people in."""

    list_display: ClassVar = ["issuer", "organization", "creates_members", "enabled_at", "changed_at"]
    list_select_related: ClassVar = ["organization"]
    search_fields: ClassVar = ["issuer__icontains", "organization__name__icontains"]
    id_search_fields: ClassVar = ["organization_id"]
    fields: ClassVar = ["id", "organization", "issuer", "client_id", "creates_members", "enabled_at", "changed_at"]


@admin.register(ProviderIdentity)
class ProviderIdentityConsole(ReadOnlyConsole):
    """How providers name members."""

    list_display: ClassVar = ["subject", "member", "provider", "organization", "created_at"]
    list_select_related: ClassVar = ["member__user", "provider", "organization"]
    search_fields: ClassVar = ["subject__icontains", "member__user__email__icontains"]
    id_search_fields: ClassVar = ["organization_id", "member_id", "provider_id"]
