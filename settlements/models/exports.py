"""Files made for download."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.jobs import JobRow
from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private
from settlements.models.statements import Statement


class ExportFormat(models.TextChoices):
    """What a file is.

    A batch of payouts comes as what banks take. Statements come as CSV, XLSX, JSON, PDF and evidence (what `alliance_verify.py`
    recomputes them from), a book as Beancount and
    hledger, the audit trail as CSV and JSON Lines.
    """

    CSV = "csv", "CSV"
    XLSX = "xlsx", "Excel (XLSX)"
    JSON = "json", "JSON"
    PDF = "pdf", "PDF"
    EVIDENCE = "evidence", _("Evidence (JSON)")
    BEANCOUNT = "beancount", "Beancount"
    HLEDGER = "hledger", "hledger"
    JSONL = "jsonl", "JSON Lines"
    PAIN_09 = "pain.001.001.09", "ISO 20022 pain.001.001.09"
    PAIN_03 = "pain.001.001.03", "ISO 20022 pain.001.001.03"
    PAIN_11 = "pain.001.001.11", "ISO 20022 pain.001.001.11"
    CN_CSV = "cn-csv", _("Chinese batch transfer (CSV, UTF-8)")
    CN_CSV_GB18030 = "cn-csv-gb18030", _("Chinese batch transfer (CSV, GB18030)")


STATEMENT_FORMATS = (ExportFormat.CSV, ExportFormat.XLSX, ExportFormat.JSON, ExportFormat.PDF, ExportFormat.EVIDENCE)
LEDGER_FORMATS = frozenset({ExportFormat.BEANCOUNT, ExportFormat.HLEDGER})
AUDIT_FORMATS = frozenset({ExportFormat.CSV, ExportFormat.JSONL})
PAYMENT_FORMATS = (
    ExportFormat.PAIN_09,
    ExportFormat.PAIN_03,
    ExportFormat.PAIN_11,
    ExportFormat.CN_CSV,
    ExportFormat.CN_CSV_GB18030,
)


SCHEDULED_FORMATS = (ExportFormat.PDF, ExportFormat.XLSX, ExportFormat.CSV, ExportFormat.JSON)
# Of a host besides: its books with each close, the bank's file with each approved batch.
SCHEDULED_BOOKS = (ExportFormat.BEANCOUNT, ExportFormat.HLEDGER)
SCHEDULED_BATCHES = (ExportFormat.PAIN_09, ExportFormat.PAIN_03, ExportFormat.PAIN_11)


class ExportSchedule(PrivateModel):
    """What comes about from `since` on is made in this format, and `created_by` is told.

    Each statement of the organization that closes; in a host's formats its books with each close of a period, and the file
    for the bank with each batch that is approved.
    Stopped, it stays for the files that came of it.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    file_format = models.CharField(_("format"), max_length=20, choices=ExportFormat.choices)
    since = models.DateTimeField(_("since"))
    created_by_id = models.UUIDField(null=True, editable=False)
    created_by = models.CharField(_("by"), max_length=160)
    stopped_at = models.DateTimeField(_("stopped"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("export schedule")
        verbose_name_plural = _("export schedules")
        ordering: ClassVar = ["-since", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["id", "organization"], name="export_schedule_id_organization"),
            models.UniqueConstraint(
                fields=["organization", "file_format"],
                condition=Q(stopped_at__isnull=True),
                name="export_schedule_once_per_format",
            ),
            models.CheckConstraint(
                condition=Q(
                    file_format__in=[
                        choice.value for choice in (*SCHEDULED_FORMATS, *SCHEDULED_BOOKS, *SCHEDULED_BATCHES)
                    ]
                ),
                name="export_schedule_format_offered",
            ),
        ]

    def __str__(self) -> str:
        return self.file_format


class Export(PrivateModel, JobRow):
    """One file of one statement, of a whole book, of a part of the audit trail, or for the bank of a batch of payouts.

    The same content gives the same bytes, however often it is made. `audit_question` says which events of the trail, and in
    whose language: {"query": …, "language": …}.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    file_format = models.CharField(_("format"), max_length=20, choices=ExportFormat.choices)
    statement = models.ForeignKey(
        Statement, models.PROTECT, null=True, related_name="+", db_constraint=False, verbose_name=_("statement")
    )
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, null=True, related_name="+", verbose_name=_("alliance")
    )
    batch = models.ForeignKey(
        "settlements.PayoutBatch",
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        verbose_name=_("payout batch"),
    )
    audit_question = models.JSONField(_("question to the audit trail"), null=True, editable=False)
    schedule = models.ForeignKey(
        ExportSchedule,
        models.PROTECT,
        null=True,
        related_name="+",
        db_constraint=False,
        db_index=False,
        verbose_name=_("export schedule"),
    )
    file_name = models.CharField(_("file name"), max_length=120)
    stored_as = models.CharField(max_length=200, blank=True, editable=False)
    sha256 = models.CharField(_("content hash"), max_length=64, blank=True, editable=False)
    size_bytes = models.BigIntegerField(_("size"), default=0, editable=False)
    checked_with = models.CharField(_("checked with"), max_length=200, blank=True, editable=False)
    requested_by = models.CharField(_("by"), max_length=160, blank=True)
    expires_at = models.DateTimeField(_("kept until"))

    class Meta(JobRow.Meta):
        verbose_name = _("export")
        verbose_name_plural = _("exports")
        ordering: ClassVar = ["-queued_at", "-id"]
        constraints: ClassVar = [
            *JobRow.Meta.constraints,
            models.CheckConstraint(condition=Q(file_format__in=ExportFormat.values), name="export_format_known"),
            models.CheckConstraint(
                condition=Q(
                    statement__isnull=False, alliance__isnull=True, audit_question__isnull=True, batch__isnull=True
                )
                | Q(statement__isnull=True, alliance__isnull=False, audit_question__isnull=True, batch__isnull=True)
                | Q(statement__isnull=True, alliance__isnull=True, audit_question__isnull=False, batch__isnull=True)
                | Q(statement__isnull=True, alliance__isnull=True, audit_question__isnull=True, batch__isnull=False),
                name="export_of_one_thing",
            ),
            models.UniqueConstraint(fields=["schedule", "statement"], name="export_once_by_schedule"),
        ]
        indexes: ClassVar = [
            *JobRow.Meta.indexes,
            models.Index(fields=["organization", "-queued_at", "-id"], name="export_latest"),
            models.Index(fields=["expires_at"], condition=~Q(stored_as=""), name="export_to_expire"),
        ]

    def __str__(self) -> str:
        return self.file_name

    @property
    def is_ready(self) -> bool:
        """Whether there is a file to download."""
        return bool(self.stored_as)
