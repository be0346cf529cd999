"""Conversions: what an agreement pays for. Seen by the host and the partner it is owed to."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared
from campaigns.models.orders import Order


class ConversionKind(models.TextChoices):
    """What happened. Refunds and chargebacks take a sale back, an adjustment goes either way; the last three bring no money."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    ADJUSTMENT = "adjustment", _("Adjustment")
    CHARGEBACK = "chargeback", _("Chargeback")
    CHARGEBACK_WON = "chargeback_won", _("Chargeback won back")
    LEAD = "lead", _("Lead")
    CLICK = "click", _("Click")
    SIGN_UP = "sign_up", _("Sign-up")


WITHOUT_ORDER = (ConversionKind.LEAD, ConversionKind.CLICK, ConversionKind.SIGN_UP)
KINDS_WITHOUT_ORDER = [(kind.value, kind.label) for kind in WITHOUT_ORDER]


class MatchIssue(models.TextChoices):
    """Why a conversion has no agreement yet."""

    NONE = "", _("Matched")
    UNKNOWN_PARTNER = "unknown_partner", _("No partner of the alliance has this code")
    NO_AGREEMENT = "no_agreement", _("No agreement with the partner was in force")
    AMBIGUOUS = "ambiguous", _("More than one agreement was in force")
    CURRENCY = "currency", _("The agreement is in another currency")
    ORIGINAL_UNKNOWN = "original_unknown", _("The order that it takes back has not come yet")
    REFUND_TOO_LARGE = "refund_too_large", _("It takes back more than is left of its order")


class InvalidReason(models.TextChoices):
    """Why a shop calls an order invalid."""

    SPLIT = "split", _("Split into several orders")
    CANCELLED = "cancelled", pgettext_lazy("order", "Cancelled")
    ACCOUNT_ABNORMAL = "account_abnormal", _("Abnormal account")
    COMPANY_ORDER = "company_order", _("Order of a company")
    SOURCE_DIFFERS = "source_differs", _("Source other than registered")
    TRAFFIC_HIJACKED = "traffic_hijacked", _("Hijacked traffic")
    TRAFFIC_ABNORMAL = "traffic_abnormal", _("Abnormal traffic")
    ORDERS_ABNORMAL = "orders_abnormal", _("Abnormal series of orders")
    OTHER = "other", pgettext_lazy("invalid because", "Another reason")


class Conversion(SharedModel):
    """One order's worth for one partner, or a lead, click or sign-up. What is taken back is negative.

    `original` is the sale that a refund or chargeback takes back, as soon as it is known; `original_reference`
    names it. `parent_reference`, `invalid_reason` and `returned_quantity` are the shop's words, shown to both sides. Everything but the match (partner, agreement, original, issue) is fixed at birth, and a match once
    made stays: a trigger refuses the rest.
    """

    alliance = models.ForeignKey("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", verbose_name=_("host"))
    partner = models.ForeignKey(
        "partners.Organization", models.PROTECT, null=True, related_name="+", verbose_name=_("partner")
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, null=True, related_name="+", verbose_name=_("agreement")
    )
    order = models.OneToOneField(
        Order, models.PROTECT, null=True, blank=True, related_name="conversion", verbose_name=_("order")
    )
    original = models.ForeignKey(
        "self", models.PROTECT, null=True, blank=True, related_name="taken_back", verbose_name=_("takes back")
    )
    original_reference = models.CharField(_("takes back order"), max_length=80, blank=True, db_default="")
    kind = models.CharField(_("kind"), max_length=14, choices=ConversionKind.choices)
    reference = models.CharField(_("reference"), max_length=80)
    occurred_at = models.DateTimeField(_("time"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    quantity = models.IntegerField(_("units"), db_default=1)
    partner_code = models.CharField(_("partner code"), max_length=80, blank=True)
    match_issue = models.CharField(_("open question"), max_length=20, choices=MatchIssue.choices, blank=True)
    parent_reference = models.CharField(_("parent order"), max_length=80, blank=True, db_default="")
    invalid_reason = models.CharField(
        _("invalid because"), max_length=20, choices=InvalidReason.choices, blank=True, db_default=""
    )
    returned_quantity = models.IntegerField(_("returned units"), db_default=0)
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
                condition=Q(invalid_reason__in=["", *InvalidReason.values]), name="conversion_reason_known"
            ),
            models.CheckConstraint(condition=Q(returned_quantity__gte=0), name="conversion_returned_not_below_0"),
            models.CheckConstraint(
                condition=Q(agreement__isnull=False, partner__isnull=False, match_issue="")
                | (Q(agreement__isnull=True) & ~Q(match_issue="")),
                name="conversion_matched_or_says_why",
            ),
            models.CheckConstraint(
                condition=Q(kind="adjustment")
                | Q(kind__in=["sale", "chargeback_won"], amount_minor__gte=0)
                | Q(kind__in=["refund", "chargeback"], amount_minor__lte=0)
                | Q(kind__in=["lead", "click", "sign_up"], amount_minor=0),
                name="conversion_sign_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(order__isnull=True, kind__in=["lead", "click", "sign_up"])
                | (Q(order__isnull=False) & ~Q(kind__in=["lead", "click", "sign_up"])),
                name="conversion_order_of_kind",
            ),
            models.CheckConstraint(
                condition=Q(original__isnull=True) | Q(kind__in=["refund", "chargeback", "chargeback_won"]),
                name="conversion_takes_back_one",
            ),
            models.UniqueConstraint(
                fields=["alliance", "kind", "reference"],
                condition=Q(order__isnull=True),
                name="conversion_once_without_order",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-occurred_at", "-id"], name="conversion_by_host"),
            models.Index(fields=["partner", "-occurred_at", "-id"], name="conversion_by_partner"),
            models.Index(
                fields=["alliance", "partner", "occurred_at"], condition=~Q(match_issue=""), name="conversion_unmatched"
            ),
            models.Index(
                fields=["alliance", "original_reference"],
                condition=Q(match_issue="original_unknown"),
                name="conversion_waits_for_original",
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def is_matched(self) -> bool:
        """Whether an agreement pays for it."""
        return self.agreement_id is not None


class ConversionDetail(PrivateModel):
    """What terms may ask of a conversion beside its amount, as far as it is known; the host's own.

    `person` is a keyed hash of the shop's customer: it tells returning people apart and names nobody. `reported` is
    what the order itself says of taxes and fees, in minor units by kind. Most conversions have no such row.
    """

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    conversion = models.OneToOneField(
        Conversion, models.PROTECT, related_name="+", verbose_name=_("conversion"), db_constraint=False
    )
    person = models.CharField(_("person"), max_length=32, blank=True)
    country = models.CharField(_("country"), max_length=2, blank=True)
    coupon = models.CharField(_("coupon"), max_length=80, blank=True)
    placement = models.CharField(_("placement"), max_length=80, blank=True)
    reported = models.JSONField(_("taxes and fees"), default=dict)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("detail of a conversion")
        verbose_name_plural = _("details of conversions")

    def __str__(self) -> str:
        return str(self.conversion_id)
