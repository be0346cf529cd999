"""Conversions: what an agreement pays for. Seen by the host and the partner it is owed to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import SharedModel, Tenancy
from alliance.kernel.tenancy.classes import shared
from campaigns.models.orders import Order


class ConversionKind(models.TextChoices):
    """What happened; a refund mirrors a sale, an adjustment goes either way."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    ADJUSTMENT = "adjustment", _("Adjustment")


class MatchIssue(models.TextChoices):
    """Why a conversion has no agreement yet."""

    NONE = "", _("Matched")
    UNKNOWN_PARTNER = "unknown_partner", _("No partner of the alliance has this code")
    NO_AGREEMENT = "no_agreement", _("No agreement with the partner was in force")
    AMBIGUOUS = "ambiguous", _("More than one agreement was in force")
    CURRENCY = "currency", _("The agreement is in another currency")


class Conversion(SharedModel):
    """One order's worth for one partner. Refunds are negative.

    Everything but the match (partner, agreement, issue) is fixed at birth, and a match once made
    stays: a trigger refuses the rest.
    """

    alliance = models.ForeignKey("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", verbose_name=_("host"))
    partner = models.ForeignKey(
        "partners.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, null=True, related_name="+", verbose_name=_("agreement")
    )
    order = models.OneToOneField(Order, models.PROTECT, related_name="conversion", verbose_name=_("order"))
    kind = models.CharField(_("kind"), max_length=10, choices=ConversionKind.choices)
    reference = models.CharField(_("reference"), max_length=80)
    occurred_at = models.DateTimeField(_("time"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    partner_code = models.CharField(_("partner code"), max_length=80, blank=True)
    match_issue = models.CharField(_("open question"), max_length=20, choices=MatchIssue.choices, blank=True)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="array_remove(ARRAY[NEW.host_id, NEW.partner_id], NULL)",
        owner_column="host_id",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("conversion")
        verbose_name_plural = _("conversions")
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "host"], name="conversion_id_host"),
            models.CheckConstraint(condition=Q(kind__in=ConversionKind.values), name="conversion_kind_known"),
            models.CheckConstraint(condition=Q(match_issue__in=MatchIssue.values), name="conversion_issue_known"),
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, partner__isnull=False, match_issue="")
                | (Q(agreement__isnull=True) & ~Q(match_issue="")),
                name="conversion_matched_or_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="adjustment")
                | Q(kind="sale", amount_minor__gte=0)
                | Q(kind="refund", amount_minor__lte=0),
                name="conversion_sign_of_kind",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-occurred_at", "-id"], name="conversion_by_host"),
            models.Index(fields=["partner", "-occurred_at", "-id"], name="conversion_by_partner"),
            models.Index(
                fields=["alliance", "partner", "occurred_at"], condition=~Q(match_issue=""), name="conversion_unmatched"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_matched(self) -> bool:
        """Whether an agreement pays for it."""
        return self.agreement_id is not None
