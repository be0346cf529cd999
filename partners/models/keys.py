"""Keys for the server API."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel
from partners.models.organizations import Organization


class ApiKey(PrivateModel):
    """A secret key. Shown once; only its SHA-256, its prefix and its last four characters are kept."""

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    name = models.CharField(_("name"), max_length=80)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    last_four = models.CharField(_("ends with"), max_length=4, editable=False)
    permissions = ArrayField(models.CharField(max_length=40), verbose_name=_("permissions"))
    created_at = models.DateTimeField(_("created"), default=utc_now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar = ["-created_at"]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…{self.last_four})"
