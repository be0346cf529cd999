"""Files of items, and the jobs that read them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from alliance.kernel.spreadsheets.models import SheetFile, SheetJob, SheetRowError
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from partners.catalogue.sentences import ISSUE_CHOICES


class ItemFile(PrivateModel, SheetFile):
    """One file of items, uploaded or fetched from a feed."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)

    class Meta:
        verbose_name = _("item file")
        verbose_name_plural = _("item files")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="item_file_id_organization")
        ]


class _ReadsItems(PrivateModel, SheetJob):
    """A job that reads a file of items."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    item_file = models.ForeignKey(
        ItemFile, models.PROTECT, related_name="%(class)ss", verbose_name=_("file"), db_constraint=False
    )

    class Meta(SheetJob.Meta):
        abstract = True


class ItemPreview(_ReadsItems):
    """What an import would do; it writes nothing but this row.

    `sample` holds the first items as they were understood, `examples` the first rows that were not.
    """

    sample = models.JSONField(_("first rows"), default=list)
    examples = models.JSONField(_("first errors"), default=list)

    class Meta(_ReadsItems.Meta):
        verbose_name = _("preview of an item import")
        verbose_name_plural = _("previews of item imports")
        constraints: ClassVar = [
            *SheetJob.Meta.constraints,
            models.UniqueConstraint(fields=["id", "organization"], name="item_preview_id_organization"),
        ]

    def __str__(self) -> str:
        return f"preview {self.pk}"


class ItemImport(_ReadsItems):
    """The import of one file. `chunks_done` says where a restart goes on: each chunk is one transaction.

    Of a file that a `feed` brought, missing are only items that the same feed brought before.
    """

    preview = models.OneToOneField(
        ItemPreview,
        models.PROTECT,
        null=True,
        related_name="item_import",
        db_constraint=False,
        verbose_name=_("preview"),
    )
    feed = models.ForeignKey(
        "partners.ItemFeed",
        models.PROTECT,
        null=True,
        editable=False,
        related_name="imports",
        db_constraint=False,  # tied together with the owner
        verbose_name=_("feed of items"),
    )
    chunks_done = models.PositiveIntegerField(default=0, editable=False)

    class Meta(_ReadsItems.Meta):
        verbose_name = _("item import")
        verbose_name_plural = _("item imports")
        constraints: ClassVar = [
            *SheetJob.Meta.constraints,
            models.UniqueConstraint(fields=["id", "organization"], name="item_import_id_organization"),
        ]

    def __str__(self) -> str:
        return f"import {self.pk}"


class ItemImportError(PrivateModel, SheetRowError):
    """One row of a file of items that was not taken."""

    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", editable=False, db_constraint=False, db_index=False
    )
    item_import = models.ForeignKey(
        ItemImport,
        models.PROTECT,
        related_name="errors",
        verbose_name=_("import"),
        db_constraint=False,
        db_index=False,
    )
    code = models.CharField(_("reason"), max_length=20, choices=ISSUE_CHOICES)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"))

    class Meta(SheetRowError.Meta):
        verbose_name = _("refused row of an item import")
        verbose_name_plural = _("refused rows of item imports")
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["item_import", "row_number", "column", "code"], name="item_import_error_once"
            )
        ]

    def __str__(self) -> str:
        return f"row {self.row_number}: {self.code}"
