"""Partners whom a host pays nothing for the time being."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared


class PayoutHold(SharedModel):
    """A host pays this partner nothing until the hold is lifted. The partner sees that there is one, and why."""

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("partner"),
    )
    reason = models.CharField(_("reason"), max_length=200)
    placed_at = models.DateTimeField(_("placed"))
    placed_by = models.CharField(_("by"), max_length=160)
    lifted_at = models.DateTimeField(_("lifted"), null=True)
    lifted_by = models.CharField(_("lifted by"), max_length=160, blank=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("hold on payouts")
        verbose_name_plural = _("holds on payouts")
        ordering: ClassVar = ["-placed_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["host", "organization"], condition=Q(lifted_at__isnull=True), name="payout_hold_one_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(reason=""), name="payout_hold_says_why"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id}"
