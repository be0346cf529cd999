"""Invoices and credit notes, their numbers and their files."""

from typing import ClassVar, Final
from uuid import UUID

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from alliance.kernel.files.rows import FileRow
from alliance.kernel.tenancy import PrivateModel, SharedModel, Tenancy
from alliance.kernel.tenancy.classes import private, shared
from settlements.models.statements import Statement


class InvoiceOrigin(models.TextChoices):
    """Who wrote it."""

    SELF_BILLING = "self_billing", _("Self-billing")
    PARTNER = "partner", _("The partner's own")


class InvoiceState(models.TextChoices):
    """What its receiver or supplier said to it."""

    ISSUED = "issued", pgettext_lazy("state of an invoice", "Issued")
    ACCEPTED = "accepted", _("Accepted")
    OBJECTED = "objected", _("Objected to")
    MATCHED = "matched", _("Matches the statement")


# Those whose statement needs nothing more: after an objection, a corrected one only once it is accepted.
SETTLED: Final = ~Q(state=InvoiceState.OBJECTED) & (Q(replaces__isnull=True) | Q(state=InvoiceState.ACCEPTED))


class InvoiceSeries(PrivateModel):
    """How far the numbers of one host and year are. Written by the trigger that numbers invoices, and by nobody else."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    year = models.PositiveSmallIntegerField(_("year"))
    last_number = models.PositiveIntegerField(_("last number"))

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT",), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("series of invoice numbers")
        verbose_name_plural = _("series of invoice numbers")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organization", "year"], name="invoice_series_once")]

    def __str__(self) -> str:
        return f"{self.year}: {self.last_number}"


class Invoice(SharedModel):
    """What `organization` (the supplier) invoices `host` for one statement; amounts below 0: a credit note.

    Self-billing invoices get their number from a trigger: without gaps by host and year, in the transaction that issues
    them. `by_rate` says what each rate taxes (`TaxedAmount`): what goes back to an earlier statement is taxed as that one was, so
    the tax of the whole may have the other sign. What an invoice says never changes; only its state does, once. One that was objected to counts for nothing any
    more: a corrected one replaces it, and waits for the word of the side that objected.
    """

    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", verbose_name=_("receiver"))
    organization = models.ForeignKey(
        "partners.Organization", models.PROTECT, related_name="+", verbose_name=_("supplier")
    )
    agreement = models.ForeignKey(
        "partners.Agreement", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("agreement")
    )
    statement = models.ForeignKey(
        Statement, models.PROTECT, related_name="invoices", db_constraint=False, verbose_name=_("statement")
    )
    origin = models.CharField(_("written by"), max_length=12, choices=InvoiceOrigin.choices)
    number = models.CharField(_("number"), max_length=60, blank=True)
    year = models.PositiveSmallIntegerField(_("year"))
    sequence = models.PositiveIntegerField(_("sequence"), null=True, editable=False)
    issued_on = models.DateField(_("date"))
    currency = models.CharField(_("currency"), max_length=3)
    net_minor = models.BigIntegerField(_("net"))
    vat_minor = models.BigIntegerField(_("value-added tax"))
    treatment = models.CharField(_("treatment"), max_length=16)
    rate = models.CharField(pgettext_lazy("tax", "rate"), max_length=40, blank=True)
    by_rate = models.JSONField(_("by rate"), default=list)
    supplier = models.JSONField(_("supplier as it was"))
    receiver = models.JSONField(_("receiver as it was"))
    credits = models.ForeignKey(
        "self", models.PROTECT, null=True, related_name="credited_by", db_constraint=False, verbose_name=_("credits")
    )
    replaces = models.OneToOneField(
        "self", models.PROTECT, null=True, related_name="replaced_by", db_constraint=False, verbose_name=_("replaces")
    )
    state = models.CharField(_("state"), max_length=8, choices=InvoiceState.choices)
    reason = models.CharField(_("reason"), max_length=300, blank=True)
    issued_by = models.CharField(_("by"), max_length=160)
    issued_at = models.DateTimeField(_("issued"))
    answered_by = models.CharField(_("answered by"), max_length=160, blank=True)
    answered_at = models.DateTimeField(_("answered"), null=True)

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="ARRAY[NEW.organization_id, NEW.host_id]",
        verbs=("SELECT", "INSERT", "UPDATE"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("invoice")
        verbose_name_plural = _("invoices")
        ordering: ClassVar = ["-issued_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["organization", "number"], condition=Q(origin="partner"), name="invoice_number_once_per_issuer"
            ),
            models.UniqueConstraint(
                fields=["host", "year", "sequence"],
                condition=Q(origin="self_billing"),
                name="invoice_sequence_once",
            ),
            models.CheckConstraint(
                condition=Q(origin="self_billing", sequence__isnull=False, state__in=["issued", "accepted", "objected"])
                | Q(origin="partner", sequence__isnull=True) & ~Q(number=""),
                name="invoice_origin_and_state",
            ),
            models.UniqueConstraint(fields=["statement"], condition=~Q(state="objected"), name="invoice_in_force_once"),
            models.CheckConstraint(
                condition=~Q(net_minor=0) | ~Q(vat_minor=0),
                name="invoice_of_something",
            ),
            models.CheckConstraint(condition=~Q(organization=F("host")), name="invoice_between_two"),
        ]
        indexes: ClassVar = [
            models.Index(fields=["host", "-issued_at"], name="invoice_of_host"),
            models.Index(fields=["organization", "-issued_at"], name="invoice_of_supplier"),
        ]

    def __str__(self) -> str:
        return self.number

    @property
    def total_minor(self) -> int:
        """Net and tax together."""
        return self.net_minor + self.vat_minor

    @property
    def is_credit(self) -> bool:
        """Whether it is a credit note: more was taken back than earned."""
        return self.total_minor < 0

    @property
    def is_objected(self) -> bool:
        """Whether it was objected to: it counts for nothing any more."""
        return self.state == InvoiceState.OBJECTED

    @property
    def is_waiting(self) -> bool:
        """Whether the other side may still answer: to its own, the host may object once although it matches."""
        return self.state in {InvoiceState.ISSUED, InvoiceState.MATCHED}

    @property
    def answered_from(self) -> UUID:
        """Who answers: the supplier what was issued for it, the host what the supplier wrote itself."""
        return self.host_id if self.origin == InvoiceOrigin.PARTNER else self.organization_id


class InvoiceFile(SharedModel, FileRow):
    """The document of an invoice: made by us as PDF/A-3, or uploaded by the partner."""

    invoice = models.OneToOneField(
        Invoice, models.PROTECT, related_name="file", db_constraint=False, verbose_name=_("invoice")
    )
    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    host = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    created_at = models.DateTimeField(_("made"))

    tenancy: ClassVar[Tenancy] = shared(
        parties_sql="(SELECT i.parties FROM settlements_invoice AS i WHERE i.id = NEW.invoice_id)",
        verbs=("SELECT", "INSERT"),
        operator_verbs=("SELECT",),
    )

    class Meta:
        verbose_name = _("file of an invoice")
        verbose_name_plural = _("files of invoices")
        constraints: ClassVar = [*FileRow.Meta.constraints]

    def __str__(self) -> str:
        return self.file_name
