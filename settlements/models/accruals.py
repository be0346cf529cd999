"""What conversions earned whom, and the conversions that nobody's terms explain yet. Written once, never changed.

`settlements_record_accruals()` in the database is the only writer of accruals; guards check what it writes against
period, terms and sums, so foreign keys that would check each row once more are left out.
"""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared
from settlements.ledger.models import Xid8Field
from settlements.models.periods import Period


def written_by_functions() -> Tenancy:
    """Shared rows that a function of the owner writes, `parties` too; every role of the application only reads."""
    return shared(parties_sql=None, verbs=("SELECT",), operator_verbs=("SELECT",))


class Section(models.TextChoices):
    """Where a statement shows a line."""

    CURRENT = "current", _("This period")
    PRIOR = "prior", _("Prior periods")
    ADJUSTMENT = "adjustment", _("Adjustments")


class SuspenseReason(models.TextChoices):
    """Why no terms explain a conversion."""

    UNKNOWN_PARTNER = "unknown_partner", _("No partner of the alliance has this code")
    NO_AGREEMENT = "no_agreement", _("No agreement with the partner was in force")
    ORIGINAL_UNKNOWN = "original_unknown", _("The order that it takes back has not come yet")
    REFUND_TOO_LARGE = "refund_too_large", _("It takes back more than is left of its order")
    RATE_MISSING = "rate_missing", _("No exchange rate of its day into the agreement's currency is stored")


class Accrual(SharedModel):
    """One conversion under the terms in force at its time, with the explanation of every step.

    `base_minor` and `deducted_minor` (taxes and fees that came off first) sum to the conversion's amount; the shares and
    `unassigned_minor` sum to the base. `effective_on` is the local day of `occurred_at`, or for a late one (section
    `prior`) the day on which it arrived. Its money becomes available with the period that holds `available_on`, or
    without a hold with its own. A refund names the accrual it takes back and keeps its terms. The journal has the key
    `accrual:<conversion_id>`; where nothing moves there is none.
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
        Period, models.PROTECT, related_name="accruals", db_constraint=False, verbose_name=_("period")
    )
    conversion = models.OneToOneField(
        "campaigns.Conversion", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("conversion")
    )
    terms_version = models.ForeignKey(
        "partners.TermsVersion",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("terms"),
    )
    original = models.ForeignKey(
        "self",
        models.PROTECT,
        null=True,
        related_name="taken_back",
        db_constraint=False,
        db_index=False,
        verbose_name=_("takes back"),
    )
    section = models.CharField(_("section"), max_length=7, choices=Section.choices[:2])
    kind = models.CharField(_("kind"), max_length=14)
    reference = models.CharField(_("reference"), max_length=80)
    occurred_at = models.DateTimeField(_("time"))
    effective_on = models.DateField(_("effective"))
    available_on = models.DateField(_("available from"), null=True)
    currency = models.CharField(_("currency"), max_length=3)
    base_minor = models.BigIntegerField(_("amount"))
    deducted_minor = models.BigIntegerField(_("deducted"), db_default=0)
    unassigned_minor = models.BigIntegerField(_("unassigned"), default=0)
    explanation = models.JSONField(_("explanation"))
    accrued_at = models.DateTimeField(_("accrued"))
    accrued_xid = Xid8Field(editable=False)

    tenancy: ClassVar[Tenancy] = written_by_functions()

    class Meta:
        verbose_name = _("accrual")
        verbose_name_plural = _("accruals")
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(section__in=["current", "prior"]), name="accrual_section_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["host", "-occurred_at"], condition=Q(explanation__has_key="waiting"), name="accrual_excess"
            ),
            models.Index(fields=["original"], condition=Q(original__isnull=False), name="accrual_taken_back"),
            models.Index(
                fields=["agreement", "period"], condition=Q(original__isnull=False), name="accrual_back_by_period"
            ),
            models.Index(fields=["agreement", "occurred_at"], condition=Q(section="prior"), name="accrual_prior"),
            models.Index(
                fields=["agreement", "available_on"], condition=Q(available_on__isnull=False), name="accrual_held"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def gross_minor(self) -> int:
        """The conversion's own amount."""
        return self.base_minor + self.deducted_minor


class AccrualShare(SharedModel):
    """One party's part of an accrual, 0 included. Seen by that party and the host."""

    accrual = models.ForeignKey(
        Accrual, models.PROTECT, related_name="shares", db_constraint=False, db_index=False, verbose_name=_("accrual")
    )
    organization = models.ForeignKey(
        "partners.Organization",
        models.PROTECT,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("organization"),
    )
    host = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", db_constraint=False, db_index=False, editable=False
    )
    effective_on = models.DateField(_("effective"))
    currency = models.CharField(_("currency"), max_length=3)
    share_minor = models.BigIntegerField(_("share"))

    tenancy: ClassVar[Tenancy] = written_by_functions()

    class Meta:
        verbose_name = _("share of an accrual")
        verbose_name_plural = _("shares of accruals")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["accrual", "organization"], name="share_once_per_party"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "effective_on", "accrual"], name="share_by_day_and_accrual"),
        ]

    def __str__(self) -> str:
        return f"{self.organization_id} of {self.accrual_id}"


class SuspenseItem(PrivateModel):
    """A conversion that waits for an agreement, as the host sees it.

    Its amount stands on the book's suspense account under the key `suspense:<conversion_id>` until it is released.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    partner = models.ForeignKey(
        "partners.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    conversion = models.OneToOneField(
        "campaigns.Conversion", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("conversion")
    )
    reason = models.CharField(_("reason"), max_length=20, choices=SuspenseReason.choices)
    kind = models.CharField(_("kind"), max_length=14)
    reference = models.CharField(_("reference"), max_length=80)
    occurred_at = models.DateTimeField(_("time"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    held_at = models.DateTimeField(_("held since"))
    released_at = models.DateTimeField(_("released"), null=True, blank=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("conversion in suspense")
        verbose_name_plural = _("conversions in suspense")
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(reason__in=SuspenseReason.values), name="suspense_reason_known"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["organization", "-occurred_at"], condition=Q(released_at__isnull=True), name="suspense_waiting"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_waiting(self) -> bool:
        """Whether no agreement explains it yet."""
        return self.released_at is None
