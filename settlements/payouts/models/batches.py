"""Batches that people prepare and approve."""

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from alliance.kernel.tenancy import PrivateModel, Tenancy
from alliance.kernel.tenancy.classes import private


class BatchState(models.TextChoices):
    """Where a batch stands."""

    PREPARED = "prepared", _("Waits for approval")
    APPROVED = "approved", _("Approved")
    SENT = "sent", _("Sent")
    FINISHED = "finished", _("Finished")
    CANCELLED = "cancelled", _("Cancelled")


class PayoutBatch(PrivateModel):
    """Payments that a host prepared together: of one alliance, in one currency, through one gateway.

    `content_sha256` is over everything that is paid and where to (`settlements/payouts/domain/batch_content.py`); approvals are
    bound to it. `left_out` says who was not payable and why. `number` counts the host's batches. `due_on` is the day whose
    schedule asked for it; there is none for batches that people prepare on demand.
    """

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    alliance = models.ForeignKey(
        "partners.Alliance", models.PROTECT, related_name="+", db_constraint=False, verbose_name=_("alliance")
    )
    number = models.PositiveIntegerField(_("number"))
    currency = models.CharField(_("currency"), max_length=3)
    gateway = models.CharField(_("way of payment"), max_length=20)
    state = models.CharField(_("state"), max_length=9, choices=BatchState.choices, default=BatchState.PREPARED)
    payout_count = models.PositiveIntegerField(_("payouts"))
    total_minor = models.BigIntegerField(_("total"))
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    approvals_needed = models.PositiveSmallIntegerField(_("approvals needed"))
    due_on = models.DateField(_("due"), null=True)
    left_out = models.JSONField(_("not payable"), default=list)
    prepared_at = models.DateTimeField(_("prepared"))
    prepared_by_id = models.UUIDField(null=True, editable=False)
    prepared_by = models.CharField(_("prepared by"), max_length=160)
    approved_at = models.DateTimeField(_("approved"), null=True)
    sent_at = models.DateTimeField(_("sent"), null=True)
    sent_by = models.CharField(_("sent by"), max_length=160, blank=True)
    finished_at = models.DateTimeField(_("finished"), null=True)
    cancelled_at = models.DateTimeField(_("cancelled"), null=True)
    cancelled_by = models.CharField(_("cancelled by"), max_length=160, blank=True)
    note = models.TextField(_("note"), blank=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("payout batch")
        verbose_name_plural = _("payout batches")
        ordering: ClassVar = ["-prepared_at", "-id"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organization", "number"], name="payout_batch_number_once"),
            models.UniqueConstraint(fields=["id", "organization"], name="payout_batch_id_organization"),
            models.UniqueConstraint(
                fields=["alliance", "currency", "due_on"],
                condition=Q(due_on__isnull=False),
                name="payout_batch_once_by_schedule",
            ),
            models.CheckConstraint(condition=Q(state__in=BatchState.values), name="payout_batch_state_known"),
            models.CheckConstraint(
                condition=Q(approvals_needed__gte=1, total_minor__gte=0), name="payout_batch_needs_approval"
            ),
            models.CheckConstraint(
                condition=Q(state="prepared", approved_at__isnull=True)
                | Q(state="cancelled", cancelled_at__isnull=False, sent_at__isnull=True)
                | Q(state="approved", approved_at__isnull=False, sent_at__isnull=True)
                | Q(state="sent", approved_at__isnull=False, sent_at__isnull=False, finished_at__isnull=True)
                | Q(state="finished", approved_at__isnull=False, sent_at__isnull=False, finished_at__isnull=False),
                name="payout_batch_state_says_when",
            ),
        ]
        indexes: ClassVar = [
            models.Index(fields=["organization", "state", "-prepared_at"], name="payout_batch_by_state"),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def reference(self) -> str:
        """`PB-000007`: how people name it."""
        return f"PB-{self.number:06d}"

    @property
    def is_open(self) -> bool:
        """Whether it may still be approved."""
        return self.state == BatchState.PREPARED


class PayoutApproval(PrivateModel):
    """One person's approval of exactly this content. Once voided it counts no more; the row stays."""

    organization = models.ForeignKey("partners.Organization", models.PROTECT, related_name="+", editable=False)
    batch = models.ForeignKey(
        PayoutBatch, models.PROTECT, related_name="approvals", db_constraint=False, verbose_name=_("batch")
    )
    content_sha256 = models.CharField(_("content hash"), max_length=64)
    approved_by_id = models.UUIDField(editable=False)
    approved_by = models.CharField(_("approved by"), max_length=160)
    approved_at = models.DateTimeField(_("approved"))
    voided_at = models.DateTimeField(_("voided"), null=True)

    tenancy: ClassVar[Tenancy] = private(verbs=("SELECT", "INSERT", "UPDATE"), operator_verbs=("SELECT",))

    class Meta:
        verbose_name = _("approval of a payout batch")
        verbose_name_plural = _("approvals of payout batches")
        ordering: ClassVar = ["approved_at", "id"]
        constraints: ClassVar = [
            models.UniqueConstraint(
                fields=["batch", "approved_by_id"],
                condition=Q(voided_at__isnull=True),
                name="payout_approved_once_by_person",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.approved_by} {self.batch_id}"
