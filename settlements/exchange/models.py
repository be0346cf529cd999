"""Exchanges: what stands in the agreement's currency, and what became of it in the currency in which its party is paid."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.models.adjustments import Adjustment
from settlements.models.periods import Period


class Exchange(SharedModel):
    """`from_minor` of one party exchanged into `to_minor` when a period closed, at `rate` (`ChosenRate.to_json`).

    Below 0 where more was taken back than earned. What refunds take back of an earlier exchange goes at that one's rate:
    `answers`. The difference to the present rate is the host's: `host_result_minor`, a loss above 0. Never changed.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("agreement"),
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="exchanges", db_constraint=False, verbose_name=_("period")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    adjustment = models.OneToOneField(
        Adjustment, models.PROTECT, related_name="exchange", db_constraint=False, verbose_name=_("adjustment")
    )
    answers = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="answered_by",
        db_constraint=False,
        verbose_name=_("takes back"),
    )
    from_currency = models.CharField(_("from currency"), max_length=3)
    from_minor = models.BigIntegerField(_("exchanged"))
    to_currency = models.CharField(_("into currency"), max_length=3)
    to_minor = models.BigIntegerField(_("comes to"))
    rate = models.JSONField(_("rate"))
    host_result_minor = models.BigIntegerField(_("difference of the host"), default=0)
    exchanged_at = models.DateTimeField(_("exchanged at"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("exchange")
        verbose_name_plural = _("exchanges")
        ordering: ClassVar = ["-exchanged_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["period", "organization", "answers"], nulls_distinct=False, name="exchange_once"
            ),
            models.CheckConstraint(
                condition=~Q(from_minor=0) & ~Q(to_minor=0) & ~Q(from_currency=F("to_currency")),
                name="exchange_of_something",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.from_currency} → {self.to_currency}"
