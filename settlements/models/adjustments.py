"""What a party gets or gives besides the shares of conversions, and what is kept back of its earnings.

`settlements_record_adjustments()` in the database is the only writer of adjustments; they never change.
"""

from typing import ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from settlements.models.accruals import Accrual, written_by_functions
from settlements.models.periods import Period


class AdjustmentKind(models.TextChoices):
    """Why money moves that no conversion moves by itself."""

    FLAT_FEE = "flat_fee", _("Fixed amount of the period")
    POOLED_REVENUE = "pooled_revenue", _("Pooled revenue")
    GUARANTEE = "guarantee", _("Guaranteed minimum")
    ADVANCE = "advance", _("Advance")
    ADVANCE_RECOUPED = "advance_recouped", _("Advance recouped")
    CHARGEBACK_FEE = "chargeback_fee", _("Chargeback fee")
    CAP_APPROVED = "cap_approved", _("Approved above a cap")
    RERATED = "rerated", _("Other terms for past conversions")
    RESTATEMENT = "restatement", _("Restatement")
    CORRECTION = "correction", _("Correction")
    CLAWBACK = "clawback", _("Clawback")
    WRITE_OFF = "write_off", _("Written off")
    REPAYMENT = "repayment", _("Repaid")
    VALUE_ADDED_TAX = "value_added_tax", _("Value-added tax")
    TAX_REVERSED = "tax_reversed", _("Withheld tax reversed")
    TAX_UNRECOVERED = "tax_unrecovered", _("Tax not recoverable")
    EXCHANGED = "exchanged", _("Exchanged")
    OFFSET = "offset", _("Offset with another agreement")
    ESCHEAT = "escheat", _("Abandoned property (escheat)")
    RECLAIMED = "reclaimed", _("Abandoned property given back")


TAX_KINDS = (AdjustmentKind.VALUE_ADDED_TAX, AdjustmentKind.TAX_REVERSED, AdjustmentKind.TAX_UNRECOVERED)
FROM_THE_BOOKS = [
    "advance",
    "advance_recouped",
    "write_off",
    "repayment",
    "value_added_tax",
    "tax_reversed",
    "tax_unrecovered",
    "exchanged",
    "offset",
    "escheat",
    "reclaimed",
]


class Adjustment(SharedModel):
    """`amount_minor` to `organization`, and the same from `counterparty`; on the statements of both.

    Without a counterparty it comes from the host's books: an advance, a tax, an exchange, a debt that is written off, was
    paid back through the bank, or is offset with another agreement, a balance that is set aside as abandoned property. Tax that can't be given back moves nothing: its line
    says how much it was. Tax that is given back in another currency moves nothing in this one: `details["into"]`.
    `about_period` is
    the period that it makes up for, `period` the one in whose statement it stands. `key` says in its agreement what it
    is for, so that nothing is adjusted twice. `details` holds how it came to its amount. The journal has the key
    `adjustment:<id>`.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
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
        Period, models.PROTECT, related_name="adjustments", db_constraint=False, verbose_name=_("period")
    )
    about_period = models.ForeignKey(
        Period, models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("makes up for")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    counterparty = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("from"),
    )
    kind = models.CharField(_("kind"), max_length=16, choices=AdjustmentKind.choices)
    key = models.CharField(_("key"), max_length=160)
    reference = models.CharField(_("reference"), max_length=80)
    reason = models.TextField(_("reason"), blank=True)
    details = models.JSONField(_("details"), default=dict)
    accrual = models.ForeignKey(
        Accrual,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("accrual"),
    )
    answers = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="answered_by",
        db_constraint=False,
        db_index=False,
        verbose_name=_("goes back to"),
    )
    terms_version = models.ForeignKey(
        "partners.TermsVersion",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("terms"),
    )
    effective_on = models.DateField(_("effective"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    recorded_at = models.DateTimeField(_("recorded"))
    recorded_by = models.CharField(_("by"), max_length=160)

    tenancy: ClassVar[Tenancy] = written_by_functions()

    class Meta:
        verbose_name = _("adjustment")
        verbose_name_plural = _("adjustments")
        ordering: ClassVar = ["-effective_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["agreement", "key"], name="adjustment_once"),
            models.CheckConstraint(condition=Q(kind__in=AdjustmentKind.values), name="adjustment_kind_known"),
            models.CheckConstraint(
                condition=~Q(amount_minor=0) | Q(kind__in=["tax_reversed", "tax_unrecovered", "value_added_tax"]),
                name="adjustment_not_zero",
            ),
            models.CheckConstraint(
                condition=Q(counterparty__isnull=True) | ~Q(counterparty=F("organization")),
                name="adjustment_between_two",
            ),
            models.CheckConstraint(
                condition=Q(counterparty__isnull=False) | Q(kind__in=FROM_THE_BOOKS),
                name="adjustment_comes_from_somebody",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["accrual"], condition=Q(accrual__isnull=False), name="adjustment_of_accrual"),
            models.Index(fields=["answers"], condition=Q(answers__isnull=False), name="adjustment_answers"),
        ]

    def __str__(self) -> str:
        return self.reference


class Reserve(SharedModel):
    """What is kept back of one party's earnings of one period, until it matures or refunds use it up, oldest first.

    What is left stands on the party's reserve account. `matures_on` is the day on which the rest becomes available.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    period = models.ForeignKey(
        Period, models.PROTECT, related_name="reserves", db_constraint=False, verbose_name=_("period")
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
    matures_on = models.DateField(_("matures"))
    held_minor = models.BigIntegerField(_("kept back"))
    used_minor = models.BigIntegerField(_("used by refunds"), default=0)
    released_minor = models.BigIntegerField(_("released"), default=0)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("reserve")
        verbose_name_plural = _("reserves")
        ordering: ClassVar = ["matures_on", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["period", "organization"], name="reserve_once_per_party"),
            models.CheckConstraint(
                condition=Q(
                    held_minor__gt=0,
                    used_minor__gte=0,
                    released_minor__gte=0,
                    held_minor__gte=F("used_minor") + F("released_minor"),
                ),
                name="reserve_adds_up",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} {self.matures_on}"

    @property
    def left_minor(self) -> int:
        """What is still kept back."""
        return self.held_minor - self.used_minor - self.released_minor


class Rerating(SharedModel):
    """An accrual under terms that were signed later, for a time that had begun: what it would have come to under them.

    The accrual stays as it is; the difference is adjusted (`rerated`). Refunds take back what these terms gave.
    """

    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    accrual = models.ForeignKey(
        Accrual, models.PROTECT, related_name="reratings", db_constraint=False, verbose_name=_("accrual")
    )
    terms_version = models.ForeignKey(
        "partners.TermsVersion",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("terms"),
    )
    explanation = models.JSONField(_("explanation"))
    rerated_at = models.DateTimeField(_("computed"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="(SELECT a.parties FROM settlements_accrual AS a WHERE a.id = NEW.accrual_id)",
        owner_column="host_id",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("rerating")
        verbose_name_plural = _("reratings")
        ordering: ClassVar = ["rerated_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["accrual", "terms_version"], name="rerated_once_by_version"),
        ]

    def __str__(self) -> str:
        return f"{self.accrual_id} by {self.terms_version_id}"
