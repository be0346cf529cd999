"""Orders as the host's shop recorded them, with their lines. Private to the host; never changed once written."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class OrderKind(models.TextChoices):
    """What an order is. A refund or chargeback may name the order that it takes back."""

    SALE = "sale", _("Sale")
    REFUND = "refund", _("Refund")
    ADJUSTMENT = "adjustment", _("Adjustment")
    CHARGEBACK = "chargeback", _("Chargeback")
    CHARGEBACK_WON = "chargeback_won", _("Chargeback won back")


class Order(PrivateModel):
    """One order (invoice) of many lines. `occurred_at` is its first line's time; `amount_minor` the sum of its lines.

    `content_sha256` is over everything the file said of it, so that the same order coming again is
    told from a differing one under a known reference.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    order_import = models.ForeignKey(
        "campaigns.OrderImport",
        models.PROTECT,
        null=True,
        related_name="orders",
        db_constraint=False,
        verbose_name=_("import"),
    )
    reference = models.CharField(_("reference"), max_length=80)
    kind = models.CharField(_("kind"), max_length=14, choices=OrderKind.choices)
    occurred_at = models.DateTimeField(_("time"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    customer = models.CharField(_("customer"), max_length=120, blank=True)
    partner_code = models.CharField(_("partner code"), max_length=80, blank=True)
    line_count = models.PositiveIntegerField(_("lines"))
    content_sha256 = models.CharField(_("content hash"), max_length=64, editable=False)
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("order")
        verbose_name_plural = _("orders")
        ordering: ClassVar = ["-occurred_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "alliance", "reference"], name="order_once_per_alliance"),
            models.UniqueConstraint(fields=["id", "organization"], name="order_id_organization"),
            models.CheckConstraint(condition=Q(kind__in=OrderKind.values), name="order_kind_known"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-occurred_at", "-id"], name="order_by_time"),
            models.Index(fields=["organization", "partner_code", "-occurred_at", "-id"], name="order_by_partner"),
            models.Index(fields=["organization", "kind", "-occurred_at", "-id"], name="order_by_kind"),
            models.Index(fields=["organization", "amount_minor", "id"], name="order_by_amount"),
            models.Index(fields=["organization", "reference", "id"], name="order_by_reference"),
            models.Index(fields=["organization", "customer"], condition=~Q(customer=""), name="order_by_customer"),
        ]

    def __str__(self) -> str:
        return self.reference


class OrderLine(PrivateModel):
    """One line of an order: quantity × unit price, rounded to the minor unit, half away from zero.

    The order's key is tied together with its owner by one composite foreign key, so the plain ones are left out.
    """

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    order = models.ForeignKey(
        Order, models.PROTECT, related_name="lines", verbose_name=_("order"), db_constraint=False, db_index=False
    )
    position = models.PositiveIntegerField(_("line"))
    occurred_at = models.DateTimeField(_("time"))
    item = models.CharField(_("item"), max_length=120, blank=True)
    description = models.CharField(_("description"), max_length=400, blank=True)
    quantity = models.DecimalField(_("quantity"), max_digits=18, decimal_places=6)
    unit_price = models.DecimalField(_("unit price"), max_digits=18, decimal_places=6)
    amount_minor = models.BigIntegerField(_("amount"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("order line")
        verbose_name_plural = _("order lines")
        ordering: ClassVar = ["order", "position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order", "position"], name="line_position_once_per_order")
        ]

    def __str__(self) -> str:
        return f"{self.order_id} line {self.position}"
