"""Files of orders, how to read them, and the jobs that do."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.clock import utc_now
from alliance.kernel.spreadsheets.models import SheetFile, SheetJob, SheetRowError
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class ImportMapping(PrivateModel):
    """A saved way to read a kind of file. `spec` is `campaigns.domain.mapping.Mapping` as JSON."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    name = models.CharField(_("name"), max_length=80)
    spec = models.JSONField(_("columns and rules"))
    created_at = models.DateTimeField(_("created"), default=utc_now, editable=False)
    updated_at = models.DateTimeField(_("changed"), default=utc_now, editable=False)

    class Meta:
        verbose_name = _("import mapping")
        verbose_name_plural = _("import mappings")
        ordering: ClassVar = ["name"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "name"], name="mapping_name_once"),
            models.CheckConstraint(condition=~models.Q(name=""), name="mapping_name_given"),
        ]

    def __str__(self) -> str:
        return self.name


class OrderFile(PrivateModel, SheetFile):
    """One uploaded file of orders."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("order file")
        verbose_name_plural = _("order files")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="order_file_id_organization")
        ]
        indexes: ClassVar = [models.Index(fields=["organization", "sha256"], name="order_file_by_content")]


class _ReadsOrders(PrivateModel, SheetJob):
    """A job that reads a file of orders for one alliance."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey("partners.Alliance", models.PROTECT, related_name="+", verbose_name=_("alliance"))
    order_file = models.ForeignKey(
        OrderFile, models.PROTECT, related_name="%(class)ss", verbose_name=_("file"), db_constraint=False
    )

    class Meta(SheetJob.Meta):
        abstract = True


class ImportPreview(_ReadsOrders):
    """What an import would do; it writes nothing but this row.

    `sample` holds the first lines as they were understood, `examples` the first lines that were not.
    """

    sample = models.JSONField(_("first lines"), default=list)
    examples = models.JSONField(_("first errors"), default=list)

    class Meta(_ReadsOrders.Meta):
        verbose_name = _("import preview")
        verbose_name_plural = _("import previews")
        constraints: ClassVar = [
            *SheetJob.Meta.constraints,
            models.UniqueConstraint(fields=["id", "organization"], name="import_preview_id_organization"),
        ]

    def __str__(self) -> str:
        return f"preview {self.pk}"


class OrderImport(_ReadsOrders):
    """The import of one file. `chunks_done` says where a restart goes on: each chunk is one transaction."""

    preview = models.OneToOneField(
        ImportPreview,
        models.PROTECT,
        null=True,
        related_name="order_import",
        db_constraint=False,
        verbose_name=_("preview"),
    )
    chunks_done = models.PositiveIntegerField(default=0, editable=False)

    class Meta(_ReadsOrders.Meta):
        verbose_name = _("order import")
        verbose_name_plural = _("order imports")
        constraints: ClassVar = [
            *SheetJob.Meta.constraints,
            models.UniqueConstraint(fields=["id", "organization"], name="order_import_id_organization"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class RowIssue(models.TextChoices):
    """Why a row of a file was not taken."""

    CELL_COUNT = "cell_count", _("The row has more or fewer cells than the header")
    MISSING = "missing", _("The cell is empty")
    TOO_LONG = "too_long", _("The text is too long")
    NOT_A_NUMBER = "not_a_number", _("This is not a number")
    TOO_PRECISE = "too_precise", _("The number has more than six decimals or twelve digits before them")
    TOO_LARGE = "too_large", _("The amount is too large")
    NOT_A_TIME = "not_a_time", _("The time does not have the format of the mapping")
    PARTNER_DIFFERS = "partner_differs", _("The lines of one order name different partners")
    REFUND_IS_POSITIVE = "refund_is_positive", _("A refund must not come to more than zero")
    SALE_IS_NEGATIVE = "sale_is_negative", _("A sale must not come to less than zero")
    NOT_A_COUNTRY = "not_a_country", _("A country is written as two letters, such as CN or DE")
    NOT_A_REASON = "not_a_reason", _("This is none of the reasons for which an order is invalid")
    REFUND_TOO_LARGE = "refund_too_large", _("The refund is larger than what is left of its order")
    CHANGED = "changed", _("The order is already there with other content; what is recorded stays")
    ORDER_INCOMPLETE = "order_incomplete", _("Another line of the same order has an error")


class OrderImportError(PrivateModel, SheetRowError):
    """One row of a file of orders that was not taken."""

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    order_import = models.ForeignKey(
        OrderImport,
        models.PROTECT,
        related_name="errors",
        verbose_name=_("import"),
        db_constraint=False,
        db_index=False,
    )
    code = models.CharField(_("reason"), max_length=20, choices=RowIssue.choices)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"))

    class Meta(SheetRowError.Meta):
        verbose_name = _("import error")
        verbose_name_plural = _("import errors")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["order_import", "row_number", "column"], name="import_error_once_per_cell")
        ]

    def __str__(self) -> str:
        return f"row {self.row_number}: {self.code}"
