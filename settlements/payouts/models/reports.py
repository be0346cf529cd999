"""Outcomes that people enter, for payments that no gateway reports on."""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.payouts.models.payments import Payout


class ReportState(models.TextChoices):
    """Where an outcome that a person entered stands."""

    WAITING = "waiting", _("Waits for a second person")
    CONFIRMED = "confirmed", _("Confirmed")
    DECLINED = "declined", _("Declined")


class OutcomeReport(PrivateModel):
    """What a person read in the bank's records about a payout. It counts once somebody else has confirmed it."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    payout = models.ForeignKey(
        Payout, models.PROTECT, related_name="reports", db_constraint=False, verbose_name=_("payout")
    )
    is_paid = models.BooleanField(_("paid"))
    bank_reference = models.CharField(_("the bank's reference"), max_length=80)
    reason = models.CharField(_("reason"), max_length=200, blank=True)
    state = models.CharField(_("state"), max_length=9, choices=ReportState.choices, default=ReportState.WAITING)
    reported_by_id = models.UUIDField(editable=False)
    reported_by = models.CharField(_("entered by"), max_length=160)
    reported_at = models.DateTimeField(_("entered"))
    decided_by_id = models.UUIDField(null=True, editable=False)
    decided_by = models.CharField(_("decided by"), max_length=160, blank=True)
    decided_at = models.DateTimeField(_("decided"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("outcome entered by hand")
        verbose_name_plural = _("outcomes entered by hand")
        ordering: ClassVar = ["-reported_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["payout"], condition=Q(state="waiting"), name="payout_outcome_one_report_at_a_time"
            ),
            models.CheckConstraint(condition=~Q(bank_reference=""), name="payout_outcome_names_the_bank_entry"),
            models.CheckConstraint(
                condition=Q(state="waiting", decided_by_id__isnull=True)
                | Q(state="declined", decided_by_id__isnull=False)
                | (Q(state="confirmed", decided_by_id__isnull=False) & ~Q(decided_by_id=F("reported_by_id"))),
                name="payout_outcome_decided_by_somebody_else",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.payout_id} {self.bank_reference}"
