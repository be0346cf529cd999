"""Alliances and who is in them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from partners.models.organizations import Organization


class Alliance(SharedModel):
    """A network that one host organization opens and partner organizations join."""

    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("host"))
    name = models.CharField(_("name"), max_length=160)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_alliance_parties(NEW.id, NEW.host_id)",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
    )

    class Meta:
        verbose_name = _("alliance")
        verbose_name_plural = _("alliances")
        constraints: ClassVar = [models.UniqueConstraint(fields=["id", "host"], name="alliance_id_host")]

    def __str__(self) -> str:
        return self.name


class AllianceMembership(SharedModel):
    """One organization's place in an alliance. The host has one too, so that every party of an agreement does.

    `partner_code` is how the host's own files name the organization (a shop id, a country, a tag).
    """

    alliance = models.ForeignKey(Alliance, models.PROTECT, related_name="memberships", verbose_name=_("alliance"))
    host = models.ForeignKey(Organization, models.PROTECT, related_name="+", editable=False)
    organization = models.ForeignKey(Organization, models.PROTECT, related_name="+", verbose_name=_("organization"))
    partner_code = models.CharField(_("partner code"), max_length=80, blank=True)
    joined_at = models.DateTimeField(_("joined"), default=utc_now)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_membership_parties(NEW.alliance_id, NEW.host_id, NEW.organization_id)",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
    )

    class Meta:
        verbose_name = _("alliance membership")
        verbose_name_plural = _("alliance memberships")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["alliance", "organization"], name="membership_once_per_alliance"),
            models.UniqueConstraint(
                fields=["alliance", "partner_code"],
                condition=~models.Q(partner_code=""),
                name="partner_code_once_per_alliance",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} in {self.alliance_id}"
