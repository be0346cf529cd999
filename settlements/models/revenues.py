"""What parties say of their own revenue, where terms pool it."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.models.periods import Period


class ReportedRevenue(SharedModel):
    """One party's own revenue of one period, as it says itself; every party of the agreement reads it.

    It may be corrected until the period closes; a trigger refuses everything later.
    """

    period = models.ForeignKey(
        Period, models.PROTECT, related_name="revenues", db_constraint=False, verbose_name=_("period")
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("revenue"))
    note = models.CharField(_("note"), max_length=200, blank=True)
    reported_by = models.CharField(_("by"), max_length=160)
    reported_at = models.DateTimeField(_("reported"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="(SELECT p.parties FROM settlements_period AS p WHERE p.id = NEW.period_id)",
        owner_column="organization_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("reported revenue")
        verbose_name_plural = _("reported revenues")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "organization"], name="revenue_once_per_party"),
            models.CheckConstraint(condition=Q(amount_minor__gte=0), name="revenue_not_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.period_id}"
