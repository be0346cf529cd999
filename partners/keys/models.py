"""Keys for programs."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel
from partners.keys.domain import KeyKind
from partners.models.organizations import Organization


class KeyKindChoice(models.TextChoices):
    """The kinds, for people."""

    SECRET = KeyKind.SECRET.value, _("Secret")
    PUBLISHABLE = KeyKind.PUBLISHABLE.value, _("Publishable")


class ApiKey(PrivateModel):
    """A key. Shown once; only its SHA-256, its prefix and its last four characters are kept.

    A secret key has permissions; a publishable one has scopes of its own and the origins it works from. A key that was
    rotated is named by its successor's `replaces`. `exposed_at`: it was seen in an address, where logs keep it.
    """

    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    kind = models.CharField(_("kind"), max_length=12, choices=KeyKindChoice.choices, default=KeyKindChoice.SECRET)
    name = models.CharField(_("name"), max_length=80)
    sha256 = models.CharField(max_length=64, unique=True, editable=False)
    prefix = models.CharField(_("begins with"), max_length=12, editable=False)
    last_four = models.CharField(_("ends with"), max_length=4, editable=False)
    permissions = ArrayField(models.CharField(max_length=40), verbose_name=_("permissions"), default=list)
    scopes = ArrayField(models.CharField(max_length=40), verbose_name=_("scopes"), default=list)
    origins = ArrayField(models.CharField(max_length=300), verbose_name=_("origins"), default=list)
    replaces = models.ForeignKey(
        "self", models.PROTECT, null=True, editable=False, related_name="successors", verbose_name=_("replaces")
    )
    created_at = models.DateTimeField(_("created"), default=utc_now)
    expires_at = models.DateTimeField(_("expires"), null=True, blank=True)
    revoked_at = models.DateTimeField(_("revoked"), null=True, blank=True)
    last_used_at = models.DateTimeField(_("last used"), null=True, blank=True)
    exposed_at = models.DateTimeField(_("seen in an address"), null=True, editable=False)

    class Meta:
        verbose_name = _("API key")
        verbose_name_plural = _("API keys")
        ordering: ClassVar = ["-created_at"]
        indexes: ClassVar = [GinIndex(fields=["origins"], condition=Q(kind="publishable"), name="api_key_origins")]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="api_key_organization"),
            models.UniqueConstraint(fields=["replaces"], name="api_key_rotated_once"),
            models.CheckConstraint(
                condition=Q(kind="secret", scopes__len=0, origins__len=0)
                | Q(kind="publishable", permissions__len=0, scopes__len__gt=0, origins__len__gt=0),
                name="api_key_shape_of_kind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.prefix}…{self.last_four})"
