"""What banks say: files, the jobs that read them, statements and their entries. All of it the host's own."""

from typing import ClassVar

from django.contrib.postgres.fields import ArrayField
from django.contrib.postgres.indexes import GinIndex
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.spreadsheets.models import SheetFile, SheetJob
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.banking.domain.findings import Findings, StatementFinding

CAMT: str = "camt053"  # the kind in a file's layout; every other kind is a table's


class OfBank(PrivateModel):
    """A row of an alliance's host."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_index=False, verbose_name=_("alliance")
    )

    class Meta:
        abstract = True


class BankFile(OfBank, SheetFile):
    """One uploaded file from a bank. The bytes are forgotten once they are imported, or never were for a week."""

    class Meta:
        verbose_name = _("bank file")
        verbose_name_plural = _("bank files")
        ordering: ClassVar = ["-uploaded_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="bank_file_id_organization")
        ]
        indexes: ClassVar = [
            models.Index(fields=["uploaded_at"], condition=~Q(stored_as=""), name="bank_file_to_forget"),
        ]

    @property
    def is_camt(self) -> bool:
        """Whether it is a CAMT.053, which says by itself how it is to be read."""
        return bool(self.layout["kind"] == CAMT)


class BankImport(OfBank, SheetJob):
    """A job that reads one bank file: without `preview` it only looks, with it it imports what that one has shown.

    `mapping` is how to read a table (`domain/tables.py`), empty for CAMT.053; `tally` what was found
    (`domain/findings.py`). `created_by_id` prepares whatever the import proposes, so somebody else approves it.
    """

    bank_file = models.ForeignKey(
        BankFile, models.PROTECT, related_name="imports", verbose_name=_("file"), db_constraint=False
    )
    preview = models.OneToOneField(
        "self",
        models.PROTECT,
        null=True,
        related_name="bank_import",
        db_constraint=False,
        verbose_name=_("preview"),
    )
    created_by_id = models.UUIDField(null=True, editable=False)

    class Meta(SheetJob.Meta):
        verbose_name = _("bank import")
        verbose_name_plural = _("bank imports")
        constraints: ClassVar = [
            *SheetJob.Meta.constraints,
            models.UniqueConstraint(fields=["id", "organization"], name="bank_import_id_organization"),
        ]

    def __str__(self) -> str:
        return f"{'import' if self.preview_id else 'preview'} {self.pk}"

    @property
    def findings(self) -> list[StatementFinding]:
        """The statements that were found."""
        return Findings.from_json(self.tally).statements


class BankStatement(OfBank):
    """One statement of one of the host's accounts, as the bank gave it. It never changes.

    `number` is the host's own account. A table is a statement without balances, named after its content.
    """

    bank_import = models.ForeignKey(
        BankImport,
        models.PROTECT,
        related_name="statements",
        db_constraint=False,
        verbose_name=_("import"),
    )
    reference = models.CharField(_("number"), max_length=80)
    number = models.CharField(_("account"), max_length=40)
    currency = models.CharField(_("currency"), max_length=3)
    starts_on = models.DateField(_("first day"))
    ends_on = models.DateField(_("last day"))
    opening_minor = models.BigIntegerField(_("opening"), null=True)
    closing_minor = models.BigIntegerField(_("closing"), null=True)
    entry_count = models.PositiveIntegerField(pgettext_lazy("of a bank statement", "entries"))
    known_count = models.PositiveIntegerField(_("entries known before"), default=0)
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    imported_at = models.DateTimeField(_("imported"))
    imported_by = models.CharField(_("by"), max_length=160, blank=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("bank statement")
        verbose_name_plural = _("bank statements")
        ordering: ClassVar = ["-ends_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "number", "currency", "reference"], name="bank_statement_once"
            ),
            models.UniqueConstraint(fields=["id", "organization"], name="bank_statement_id_organization"),
            models.CheckConstraint(condition=Q(ends_on__gte=F("starts_on")), name="bank_statement_days_in_order"),
            models.CheckConstraint(condition=~Q(reference="") & ~Q(number=""), name="bank_statement_named"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "-ends_on", "-id"], name="bank_statement_latest"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def masked(self) -> str:
        """What is shown of the account."""
        return f"•••• {self.number[-4:]}"


class BankEntry(OfBank):
    """One movement that the bank booked; money that came in is positive. It never changes.

    `key` is the same in whatever file the entry comes again. Of the other side's number only the mask is kept, and
    `fingerprints` by which a partner's account is found.
    """

    statement = models.ForeignKey(
        BankStatement,
        models.PROTECT,
        related_name="entries",
        db_constraint=False,
        db_index=False,
        verbose_name=_("bank statement"),
    )
    key = models.CharField(max_length=64, editable=False)
    line = models.PositiveIntegerField(_("line"))
    booked_on = models.DateField(_("booked"))
    valued_on = models.DateField(_("value date"))
    currency = models.CharField(_("currency"), max_length=3)
    amount_minor = models.BigIntegerField(_("amount"))
    bank_reference = models.CharField(_("the bank's reference"), max_length=80, blank=True)
    end_to_end_id = models.CharField(_("reference"), max_length=80, blank=True)
    name = models.CharField(_("other side"), max_length=160, blank=True)
    masked = models.CharField(_("account"), max_length=16, blank=True)
    fingerprints = ArrayField(models.CharField(max_length=64), default=list, editable=False)
    text = models.CharField(_("text"), max_length=500, blank=True)
    return_reason = models.CharField(_("reason of return"), max_length=8, blank=True)
    is_return = models.BooleanField(_("came back"), default=False)
    is_charge = models.BooleanField(_("charge"), default=False)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("bank entry")
        verbose_name_plural = _("bank entries")
        ordering: ClassVar = ["-booked_on", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "key"], name="bank_entry_once"),
            models.UniqueConstraint(fields=["id", "organization", "alliance"], name="bank_entry_tie"),
            models.CheckConstraint(condition=~Q(amount_minor=0), name="bank_entry_moves_something"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["statement", "line"], name="bank_entry_of_statement"),
            models.Index(fields=["organization", "-booked_on", "-id"], name="bank_entry_latest"),
            GinIndex(fields=["fingerprints"], name="bank_entry_fingerprints"),
        ]

    def __str__(self) -> str:
        return f"{self.booked_on} {self.amount_minor} {self.currency}"
