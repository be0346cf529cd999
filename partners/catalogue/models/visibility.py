"""Who sees an item: a handful of visibilities for each owner, and a row for each organization that is let in."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared
from partners.catalogue.domain.visibility import Reach, Visibility
from partners.catalogue.sentences import REACH_CHOICES


class ItemVisibility(SharedModel):
    """One reach of one owner, in some of its alliances or (none named) in all, also in those it joins later.

    Found or made when an item first needs it, never changed. Who that is today is computed by the database: `parties`
    here, a row of `ItemViewer` for each, both brought along when somebody joins an alliance or an agreement is signed.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    reach = models.CharField(_("who sees it"), max_length=10, choices=REACH_CHOICES)
    alliance_ids = ArrayField(models.UUIDField(), verbose_name=_("in which alliances"), default=list)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="partners_visibility_parties(NEW.organization_id, NEW.reach, NEW.alliance_ids)",
        owner_column="organization_id",
        verbs=("SELECT", "INSERT"),
    )

    class Meta:
        verbose_name = _("visibility")
        verbose_name_plural = _("visibilities")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "reach", "alliance_ids"], name="visibility_once"),
            models.UniqueConstraint(fields=["id", "organization"], name="visibility_id_organization"),
            models.CheckConstraint(
                condition=models.Q(reach__in=[reach.value for reach in Reach]), name="visibility_reach_known"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.reach} of {self.organization_id}"

    def said(self) -> Visibility:
        """The visibility as the domain says it."""
        return Visibility(Reach(self.reach), tuple(self.alliance_ids))


class ItemViewer(PrivateModel):
    """`organization` sees what has this visibility. Written by the database alone."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", db_index=False)
    visibility = models.ForeignKey(ItemVisibility, models.CASCADE, related_name="viewers")

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT",), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("viewer")
        verbose_name_plural = _("viewers")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "visibility"], name="viewer_once"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} sees {self.visibility_id}"
