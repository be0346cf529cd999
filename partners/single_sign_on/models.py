"""An organization's domains and identity provider, and how the provider names its members."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel
from partners.models.organizations import Member, Organization


class MailDomain(PrivateModel):
    """A domain of e-mail addresses that an organization says is its own; believed once it has been verified.

    Several organizations may say so; PostgreSQL lets one of them verify it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    name = models.CharField(_("domain"), max_length=253)
    token = models.CharField(max_length=64, editable=False)
    created_at = models.DateTimeField(_("added"), default=utc_now)
    verified_at = models.DateTimeField(_("verified"), null=True, blank=True)

    class Meta:
        verbose_name = _("domain")
        verbose_name_plural = _("domains")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="domain_once_per_organization"),
            models.UniqueConstraint(
                fields=["name"], condition=models.Q(verified_at__isnull=False), name="domain_verified_once"
            ),
        ]

    def __str__(self) -> str:
        return self.name

    @property
    def is_verified(self) -> bool:
        """Whether the organization has shown that the domain is its own."""
        return self.verified_at is not None


class IdentityProvider(PrivateModel):
    """Where an organization's people sign in. The client's secret is sealed to the organization."""

    organization = models.OneToOneField(
        Organization, models.PROTECT, related_name="+", verbose_name=_("organization"), editable=False
    )
    issuer = models.CharField(_("issuer"), max_length=500)
    client_id = models.CharField(_("client id"), max_length=255)
    sealed_secret = models.TextField(editable=False)
    creates_members = models.BooleanField(_("takes in people without an invitation, as viewers"), default=True)
    changed_at = models.DateTimeField(_("changed"), default=utc_now)
    enabled_at = models.DateTimeField(_("enabled"), null=True, blank=True)

    class Meta:
        verbose_name = _("identity provider")
        verbose_name_plural = _("identity providers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="identity_provider_id_organization")
        ]

    def __str__(self) -> str:
        return self.issuer

    @property
    def secret_purpose(self) -> str:
        """What the secret is sealed to."""
        return f"partners.identity_provider:{self.organization_id}"


class ProviderIdentity(PrivateModel):
    """How the provider names one member. It stays with the member when their address changes, and goes when they leave."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    provider = models.ForeignKey(
        IdentityProvider, models.CASCADE, related_name="identities", verbose_name=_("identity provider")
    )
    member = models.ForeignKey(Member, models.CASCADE, related_name="+", verbose_name=_("member"))
    subject = models.CharField(_("subject"), max_length=255)
    created_at = models.DateTimeField(_("first sign-in"), default=utc_now)

    class Meta:
        verbose_name = _("identity at the provider")
        verbose_name_plural = _("identities at the provider")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["provider", "subject"], name="identity_once_per_subject"),
            models.UniqueConstraint(fields=["provider", "member"], name="identity_once_per_member"),
        ]

    def __str__(self) -> str:
        return self.subject
