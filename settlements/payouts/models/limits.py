"""Above which amount a host's batches need a second approval."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class PayoutLimit(PrivateModel):
    """From `set_at` on, batches in this currency above `amount_minor` need two approvals; the latest row counts.

    Without an amount the installation's limit counts again. Rows never change: they tell what held when.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("limit"), null=True)
    set_at = models.DateTimeField(_("set"))
    set_by_id = models.UUIDField(null=True, editable=False)
    set_by = models.CharField(_("by"), max_length=160)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("limit of one approval")
        verbose_name_plural = _("limits of one approval")
        ordering: ClassVar = ["-set_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(amount_minor__isnull=True) | Q(amount_minor__gte=0), name="payout_limit_not_negative"
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "currency", "-set_at"], name="payout_limit_latest"),
        ]

    def __str__(self) -> str:
        return f"{self.currency} {self.amount_minor}"
